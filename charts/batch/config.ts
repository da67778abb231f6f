/**
 * The schema of a model's batch prediction, and its rules.
 *
 * Some settings are accepted by seldon-batch-processor 1.17.1 and then not followed (see its batch_processor.py). They are
 * refused here.
 */
import * as z from 'zod';
import { cron, timeZone } from '../../config/cron';
import { count, oneOf } from '../../config/fields';
import type { Fault } from '../../config/problems';
import { resources } from '../../config/resources';
import { rules } from '../../config/rules';
import { workloadFields } from '../../config/workload';
import type { Protocol } from '../models/protocol';
import { bucketPlace } from '../models/uri';

/** The form in which paths are compared: "s3://lake/in" has "s3://lake/in/a", and not "s3://lake/input". */
const folder = (uri: string) => uri.replace(/\/*$/, '/');

const batchFields = z.strictObject({
  input: bucketPlace('s3://models/batch/wine/in/').describe(
    'An object, or a prefix of objects, with a JSON value in each line: the rows',
  ),
  output: bucketPlace('s3://models/batch/wine/out').describe(
    'A prefix: answers go to <output>/<object>, rows without one to <output>/failed/<object>',
  ),
  schedule: cron('0 2 * * *').optional().describe('When: minute, hour, day, month, weekday; once where absent'),
  timeZone: timeZone.optional().describe("Time zone of the schedule; the controller's where absent"),
  engine: oneOf(['kubernetes', 'argo'], 'kubernetes')
    .default('kubernetes')
    .describe('What runs it: a Job or CronJob, or a Workflow or CronWorkflow of Argo Workflows 3.6 or later'),
  concurrencyPolicy: oneOf(['Forbid', 'Replace', 'Allow'], 'Forbid')
    .default('Forbid')
    .describe('What happens to a run that is due while the one before still runs'),
  workers: count(1, 256, 4).default(4).describe('Requests at the same time'),
  retries: count(1, 20, 3).default(3).describe('Tries of a request before its row counts as failed'),
  retryDelay: count(0, 300, 2).default(2).describe('Seconds before the next try, after an error that may pass'),
  timeout: count(1, 3600, 60).default(60).describe('Seconds that an answer may take'),
  batchSize: count(1, 1000, 32)
    .default(1)
    .describe('Rows in a request, in the seldon protocol; those of a request that fails are tried one by one'),
  dataType: oneOf(['raw', 'data', 'json', 'str'], 'raw')
    .default('raw')
    .describe(
      'What a row is: raw, a whole request of any protocol; in the seldon protocol also data, an array such as [1, 2], json, str',
    ),
  payloadType: oneOf(['ndarray', 'tensor'], 'ndarray')
    .default('ndarray')
    .describe('How rows of dataType data are sent'),
  method: oneOf(['predict', 'feedback'], 'predict')
    .default('predict')
    .describe('What is asked of the model; with feedback a row has request, response with meta.routing, and reward'),
  maxFailedPercent: count(0, 100, 10)
    .default(50)
    .describe('Percent of the rows of an object that may fail; with more the run writes nothing and fails'),
  backoffLimit: count(0, 10, 2).default(2).describe('Further attempts of a run that failed'),
  deadline: count(60, 604800, 3600)
    .default(86400)
    .describe(
      'Seconds that an attempt may take; a run on a schedule fails after those of all its attempts and six hours of waiting',
    ),
  resources: resources({ cpu: ['100m', '1'], memory: ['192Mi', '1Gi'], scratch: ['256Mi', '4Gi'] }).describe(
    'CPU, memory and disk of what predicts; the disk holds the objects of a run about four times',
  ),
  ...workloadFields,
});

export const batchSchema = batchFields
  .superRefine(rules(faults))
  .optional()
  .meta({ examples: [{ input: 's3://models/batch/wine/in/', output: 's3://models/batch/wine/out' }] })
  .describe('Predicts rows of the object store, once or on a schedule');

/** A model's batch prediction after validation. */
export type BatchSettings = z.output<typeof batchFields>;

/** Faults that do not depend on the model. */
function faults(batch: BatchSettings): Fault[] {
  const found: Fault[] = [];
  const [input, output] = [folder(batch.input), folder(batch.output)];
  if (output.startsWith(input)) {
    found.push({
      path: ['output'],
      message: 'is in input, so that answers would be rows of the next run; move it out',
    });
  } else if (input.startsWith(output)) {
    found.push({ path: ['input'], message: 'is in output, where answers could replace it; move one of them' });
  }
  if (batch.timeZone && !batch.schedule) {
    found.push({ path: ['timeZone'], message: 'stands without schedule; add one or remove it' });
  }
  if (batch.batchSize > 1 && (batch.method === 'feedback' || !['raw', 'data'].includes(batch.dataType))) {
    found.push({ path: ['batchSize'], message: 'is more than 1, which takes predict and dataType raw or data' });
  }
  if (batch.method === 'feedback' && batch.dataType !== 'raw') {
    found.push({ path: ['dataType'], message: `is ${batch.dataType}, but feedback is whole requests; make it raw` });
  }
  if (batch.payloadType !== 'ndarray' && batch.dataType !== 'data') {
    found.push({ path: ['payloadType'], message: 'stands without dataType: data; add that or remove it' });
  }
  return found;
}

/** A CronJob's name may have 52 characters, of which "batch-" takes six. */
const MAX_NAME = 46;

/** Faults of a batch with this model, each with its place in the model's file. */
export function batchFaults({
  name,
  protocol,
  batch,
}: {
  readonly name: string;
  readonly protocol: Protocol;
  readonly batch?: BatchSettings;
}): Fault[] {
  if (!batch) return [];
  const found: Fault[] = [];
  if (name.length > MAX_NAME) {
    found.push({ path: ['name'], message: `has ${name.length} characters; a model with a batch may have ${MAX_NAME}` });
  }
  if (protocol === 'seldon') return found;
  const only = `needs protocol: seldon, and the model speaks ${protocol}`;
  if (batch.batchSize > 1) found.push({ path: ['batch', 'batchSize'], message: `is more than 1, which ${only}` });
  if (batch.dataType !== 'raw')
    found.push({ path: ['batch', 'dataType'], message: `is ${batch.dataType}, which ${only}` });
  if (batch.method !== 'predict')
    found.push({ path: ['batch', 'method'], message: `is ${batch.method}, which ${only}` });
  return found;
}

/** Rows and answers outside what the key of the batch opens. */
export function batchPlaceFaults(
  model: string,
  batch: BatchSettings | undefined,
  { uri, what }: { readonly uri: string; readonly what: string },
): Fault[] {
  if (!batch) return [];
  return (['input', 'output'] as const)
    .filter((field) => !batch[field].startsWith(uri))
    .map((field) => ({
      path: ['batch', field],
      message: `is ${batch[field]}, outside ${what}, such as "${uri}batch/${model}/${field}"`,
    }));
}
