/**
 * Checks objects against the schemas that the API server has, closed: a field that a schema does not know is a fault,
 * where the server would drop it in silence.
 */
import { readFileSync } from 'node:fs';
import Ajv, { type ValidateFunction } from 'ajv';
import { loadAll } from 'js-yaml';
import type { KubernetesObject } from './platform';

/** The part of OpenAPI that is read here. */
interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

interface Crd {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

const builtIns = JSON.parse(readFileSync('__tests__/support/kubernetes-1.27.json', 'utf8')) as {
  definitions: Record<string, Schema>;
};
const CRDS = [
  'crds/seldondeployments.machinelearning.seldon.io.yaml',
  'crds/third-party/monitoring.coreos.com.yaml',
  'crds/third-party/cert-manager.io.yaml',
  'crds/third-party/gateway.networking.k8s.io.yaml',
  'crds/third-party/argoproj.io_applications.yaml',
  'crds/third-party/kustomize.toolkit.fluxcd.io_kustomizations.yaml',
  'crds/third-party/source.toolkit.fluxcd.io.yaml',
  'crds/third-party/postgresql.cnpg.io.yaml',
  'crds/third-party/barmancloud.cnpg.io.yaml',
  'crds/third-party/external-secrets.io.yaml',
];

/** What the oldest release that is tested with a cluster, 1.30, knows beside that: the hook by which the kubelet sleeps. */
const handler = builtIns.definitions['io.k8s.api.core.v1.LifecycleHandler'];
const sleepAction = { type: 'object', properties: { seconds: { type: 'integer' } } };
builtIns.definitions['io.k8s.api.core.v1.LifecycleHandler'] = {
  ...handler,
  properties: { ...handler?.properties, sleep: sleepAction },
};

// Nothing is compiled before it is asked for: all of it takes seconds, and most test files need a few types.
const ajv = new Ajv({
  strict: false,
  allErrors: true,
  validateFormats: false,
  validateSchema: false,
  code: { optimize: false },
});
ajv.addSchema({
  $id: 'kubernetes',
  definitions: Object.fromEntries(Object.entries(builtIns.definitions).map(([name, schema]) => [name, closed(schema)])),
});
/** The names of the built-in types. */
const definitions = new Map(
  Object.entries(builtIns.definitions).flatMap(([name, schema]) =>
    (schema['x-kubernetes-group-version-kind'] ?? []).map(({ group, version, kind }): [string, string] => [
      key(group ? `${group}/${version}` : version, kind),
      name,
    ]),
  ),
);
const ofCustomTypes = new Map<string, ValidateFunction | undefined>();

/** What is wrong with an object, a line each. */
export function schemaFaults(object: KubernetesObject): string[] {
  const name = definitions.get(key(object.apiVersion, object.kind));
  const validate = name === undefined ? ofCustomType(object.apiVersion, object.kind) : definition(name);
  if (!validate) return [`${object.apiVersion} ${object.kind}: no such type`];
  return faults(validate, object);
}

/** What is wrong with a pod spec, which the SeldonDeployment type leaves open. */
export const podSpecFaults = (spec: unknown) => faults(definition('io.k8s.api.core.v1.PodSpec'), spec);

function faults(validate: ValidateFunction, value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

function definition(name: string): ValidateFunction {
  const validate = ajv.getSchema(`kubernetes#/definitions/${name}`);
  if (!validate) throw new Error(`no definition ${name}`);
  return validate;
}

function ofCustomType(apiVersion: string, kind: string): ValidateFunction | undefined {
  const type = key(apiVersion, kind);
  if (ofCustomTypes.has(type)) return ofCustomTypes.get(type);
  const [group = '', version] = apiVersion.split('/');
  const schema = CRDS.flatMap((file) => readCrds(file, group))
    .filter(({ spec }) => spec.group === group && spec.names.kind === kind)
    .flatMap(({ spec }) => spec.versions)
    .find(({ name }) => name === version)?.schema;
  const validate = schema && ajv.compile(closed(withMetadata(schema.openAPIV3Schema)));
  ofCustomTypes.set(type, validate);
  return validate;
}

/** Patterns of Go that leave case out are no patterns of JavaScript. Refuses unknown fields wherever a schema lists the ones it knows. */
function closed(schema: Schema): Schema {
  if (schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string']) {
    return { anyOf: [{ type: 'string' }, { type: 'integer' }] } as Schema;
  }
  const { properties, items, additionalProperties } = schema;
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  return {
    ...schema,
    ...(schema.pattern?.startsWith('^(?i)') && { pattern: '' }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, closed(field)])),
      ...(open || additionalProperties ? {} : { additionalProperties: false }),
    }),
    ...(items && { items: closed(items) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: closed(additionalProperties) }),
  };
}

/** What a file has of an API group. */
function readCrds(file: string, group: string): Crd[] {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(`group: ${group}\n`)) return [];
  return (loadAll(text) as (Crd | null)[]).filter((crd): crd is Crd => crd?.kind === 'CustomResourceDefinition');
}

/** Custom resources have the API server's own metadata, which their schemas leave out. */
function withMetadata(schema: Schema): Schema {
  const metadata = { $ref: 'kubernetes#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' } as Schema;
  return { ...schema, properties: { ...schema.properties, metadata } };
}

function key(apiVersion: string, kind: string): string {
  return `${apiVersion} ${kind}`;
}
