/** The schema of `patches` in platform.yaml: changes to single objects, for what no field says. */
import * as z from 'zod';
import { dnsLabel, matching, objectName, oneOf, text } from '../../config/fields';
import { rules } from '../../config/rules';
import { jsonFaults } from './json-value';

const pointer = matching(
  /^(\/([^~/]|~[01])*)+$/,
  1024,
  'the way to a field, each step after a "/"',
  '/spec/template/spec/hostUsers',
);

const operation = z
  .strictObject({
    op: oneOf(['add', 'replace', 'remove', 'move', 'copy', 'test'], 'add').describe('What is done, as in RFC 6902'),
    path: pointer.describe('Where: a JSON pointer'),
    from: pointer.optional().describe('From where, of move and copy'),
    value: z.unknown().optional().describe('What, of add, replace and test'),
  })
  .superRefine(
    rules(({ op, from, value }) => {
      const needs = op === 'move' || op === 'copy' ? 'from' : op === 'remove' ? undefined : 'value';
      const given = { from, value };
      return (['from', 'value'] as const).flatMap((field) => {
        if ((field === needs) === (given[field] !== undefined)) return [];
        const message = field === needs ? `is required by ${op}` : `stands with op: ${op}, which has none; remove it`;
        return [{ path: [field], message }];
      });
    }),
  )
  .meta({ examples: [{ op: 'add', path: '/spec/template/spec/hostUsers', value: false }] });

const patch = z
  .strictObject({
    target: z
      .strictObject({
        kind: text('Deployment').min(1).describe('Kind of the object'),
        name: objectName('mlflow').describe('Name of the object; of a Job that runs once without the hash at its end'),
        namespace: dnsLabel('mlflow').optional().describe('Its namespace, where objects of several have the name'),
      })
      .meta({ examples: [{ kind: 'Deployment', name: 'mlflow' }] })
      .describe('The object'),
    merge: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ examples: [{ spec: { template: { spec: { hostUsers: false } } } }] })
      .describe('A part of the object that is merged into it, as by kubectl patch; null removes a field'),
    json: z
      .array(operation)
      .min(1, { error: 'must have at least one operation' })
      .optional()
      .meta({ examples: [[{ op: 'add', path: '/spec/template/spec/hostUsers', value: false }]] })
      .describe('Operations of a JSON patch (RFC 6902)'),
  })
  .superRefine(
    rules(({ merge, json }) =>
      (merge === undefined) === (json === undefined)
        ? [{ path: [], message: 'must have either merge or json, such as merge: {spec: {replicas: 2}}' }]
        : [...jsonFaults(merge, ['merge']), ...jsonFaults(json, ['json'])],
    ),
  )
  .meta({ examples: [{ target: { kind: 'Deployment', name: 'mlflow' }, merge: { spec: { minReadySeconds: 5 } } }] });

export const patchesSchema = z
  .array(patch)
  .optional()
  .meta({ examples: [[{ target: { kind: 'Deployment', name: 'mlflow' }, merge: { spec: { minReadySeconds: 5 } } }]] })
  .describe('Changes to single objects, in their order: the last resort for what no field says');

export type Patch = NonNullable<z.output<typeof patchesSchema>>[number];
