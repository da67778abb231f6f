/** A faster way to the same JSON as the constructs' own, for every field that a pod can have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { k8s } from '../../../charts/lib/k8s';
import { podSpecJson } from '../../../charts/lib/pod-json';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
}

const { definitions } = JSON.parse(readFileSync(join(__dirname, '../../support/kubernetes-1.27.json'), 'utf8')) as {
  definitions: Readonly<Record<string, Schema>>;
};

/** cdk8s writes an abbreviation with one capital: hostPID is hostPid, targetWWNs is targetWwNs. */
const constructName = (field: string) =>
  field.replace(/([A-Z])([A-Z]+)(?=[A-Z][a-z]|$)/g, (_, first: string, rest: string) => first + rest.toLowerCase());

const PLAIN: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: fc.string(),
  integer: fc.integer(),
  number: fc.integer(),
  boolean: fc.boolean(),
  object: fc.constant({}),
};
const OWN_TYPES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Quantity: fc.string().map((text) => k8s.Quantity.fromString(text)),
  IntOrString: fc.oneof(fc.integer().map(k8s.IntOrString.fromNumber), fc.string().map(k8s.IntOrString.fromString)),
  Time: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }),
};
/** Among them are names of fields, which are no fields here, and an order that is not alphabetical. */
const keys = fc.constantFrom('z', 'volumeId', 'hostPid', 'limits', 'example.com/a', 'a');

/** Values of a type as the constructs take them; `full` leaves out no field. */
function valuesOf(schema: Schema, full: boolean): fc.Arbitrary<unknown> {
  const name = schema.$ref?.split('.').at(-1) ?? '';
  if (OWN_TYPES[name]) return OWN_TYPES[name];
  const {
    type = 'object',
    items,
    properties,
    additionalProperties,
  } = schema.$ref ? (definitions[schema.$ref.replace('#/definitions/', '')] ?? {}) : schema;
  if (items) return fc.array(valuesOf(items, full), { minLength: full ? 1 : 0, maxLength: 2 });
  if (additionalProperties) {
    return fc
      .uniqueArray(fc.tuple(keys, valuesOf(additionalProperties, full)), {
        selector: ([key]) => key,
        minLength: full ? 2 : 0,
      })
      .map((entries) => Object.fromEntries(entries));
  }
  if (!properties) return PLAIN[type] ?? fc.constant({});
  const fields = Object.entries(properties).map(([field, child]): [string, fc.Arbitrary<unknown>] => [
    constructName(field),
    full ? valuesOf(child, true) : fc.option(valuesOf(child, false), { nil: undefined, freq: 1 }),
  ]);
  return fc.record(Object.fromEntries(fields));
}

const pod = { $ref: '#/definitions/io.k8s.api.core.v1.PodSpec' };
// As text: the order of fields is what a pull request shows.
const text = (value: unknown) => JSON.stringify(value, null, 1);

test('a pod with every field there is', () => {
  fc.assert(
    fc.property(valuesOf(pod, true) as fc.Arbitrary<k8s.PodSpec>, (spec) => {
      expect(text(podSpecJson(spec))).toBe(text(k8s.toJson_PodSpec(spec)));
    }),
    { numRuns: 5, seed: 3 },
  );
});

test('pods with some of the fields', () => {
  fc.assert(
    fc.property(valuesOf(pod, false) as fc.Arbitrary<k8s.PodSpec>, (spec) => {
      expect(text(podSpecJson(spec))).toBe(text(k8s.toJson_PodSpec(spec)));
    }),
    { numRuns: 50, seed: 5 },
  );
});

test('every field that the API spells otherwise than the constructs is among them', () => {
  const [full] = fc.sample(valuesOf(pod, true), { numRuns: 1, seed: 3 });
  const said = text(k8s.toJson_PodSpec(full as k8s.PodSpec));
  for (const field of ['hostPID', 'hostIPC', 'setHostnameAsFQDN', 'downwardAPI', 'scaleIO', 'targetWWNs', 'pdID']) {
    expect(said).toContain(`"${field}"`);
  }
});
