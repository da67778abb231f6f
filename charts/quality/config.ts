/** The schema of a report on how good a model's predictions were, and its rules. */
import * as z from 'zod';
import { cron, timeZone } from '../../config/cron';
import { count, oneOf, text } from '../../config/fields';
import type { Fault } from '../../config/problems';
import { resources } from '../../config/resources';
import { workloadFields } from '../../config/workload';
import type { Protocol } from '../models/protocol';
import { bucketPlace } from '../models/uri';

const name = (example: string) => text(example).min(1, { error: 'must not be empty' });

const qualityFields = z.strictObject({
  schedule: cron('0 6 * * 1').describe('When: minute, hour, day, month, weekday'),
  timeZone: timeZone.optional().describe("Time zone of the schedule; the controller's where absent"),
  predictions: bucketPlace('s3://models/batch/wine/out')
    .optional()
    .describe('An object, or a prefix of objects, with an answer of the model in each line; batch.output where absent'),
  truth: bucketPlace('s3://models/truth/wine/').describe(
    'What turned out: an object, or a prefix of objects, in CSV (.csv) or with a JSON object in each line',
  ),
  key: name('id').describe('The column of truth that has the id of the request'),
  target: name('quality').describe('The column of truth that has the value which was predicted'),
  kind: oneOf(['regression', 'classification'], 'regression').describe(
    'What is measured: rmse, mae, bias and r2 of numbers; accuracy, f1, precision and recall of classes',
  ),
  days: count(1, 3650, 30).default(30).describe('How old predictions may be'),
  experiment: name('wine-quality').optional().describe('The experiment in MLflow; <name>-quality where absent'),
  resources: resources({ cpu: ['100m', '1'], memory: ['512Mi', '2Gi'], scratch: ['256Mi', '2Gi'] }).describe(
    'CPU, memory and disk of the report; the disk holds predictions and truth',
  ),
  ...workloadFields,
});

export const qualitySchema = qualityFields
  .optional()
  .meta({
    examples: [
      { schedule: '0 6 * * 1', truth: 's3://models/truth/wine/', key: 'id', target: 'quality', kind: 'regression' },
    ],
  })
  .describe('Compares predictions with what turned out, on a schedule, and logs it to MLflow for each version');

type QualitySettings = z.output<typeof qualityFields>;

/** A CronJob's name may have 52 characters, of which "quality-" takes eight. */
const MAX_NAME = 44;

interface Reported {
  readonly name: string;
  readonly protocol: Protocol;
  readonly quality?: QualitySettings;
  readonly batch?: { readonly output: string };
}

/** Where the predictions of a model are. */
export const predictionsOf = ({ quality, batch }: Pick<Reported, 'quality' | 'batch'>) =>
  quality?.predictions ?? batch?.output;

/** Faults of a report with this model. */
export function qualityFaults({ name, protocol, quality, batch }: Reported): Fault[] {
  if (!quality) return [];
  const faults: Fault[] = [];
  if (name.length > MAX_NAME) {
    const message = `has ${name.length} characters; a model with quality may have ${MAX_NAME}`;
    faults.push({ path: ['name'], message });
  }
  if (protocol !== 'v2') {
    const message = `joins answers by the id of their request, which the protocol ${protocol} does not have; it needs protocol: v2`;
    faults.push({ path: ['quality'], message });
  }
  if (predictionsOf({ quality, batch }) === undefined) {
    const message = `is required where the model has no batch, such as "s3://models/predictions/${name}"`;
    faults.push({ path: ['quality', 'predictions'], message });
  }
  return faults;
}

/** Places outside what the key of the models opens. */
export function qualityPlaceFaults(
  model: string,
  quality: QualitySettings | undefined,
  { uri, what }: { readonly uri: string; readonly what: string },
): Fault[] {
  if (!quality) return [];
  return (['predictions', 'truth'] as const).flatMap((field) => {
    const place = quality[field];
    if (place === undefined || place.startsWith(uri)) return [];
    const message = `is ${place}, outside ${what}, such as "${uri}${field}/${model}"`;
    return [{ path: ['quality', field], message }];
  });
}
