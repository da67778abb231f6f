/** The schema of `mlflow` in platform.yaml, with its defaults and rules. */
import * as z from 'zod';
import { cron } from '../../config/cron';
import { count, flag, hostAndPort, oneOf, urlPath } from '../../config/fields';
import type { Fault } from '../../config/problems';
import { growingMemory, resources } from '../../config/resources';
import { rules } from '../../config/rules';
import { workloadFields } from '../../config/workload';
import { formatMemory, parseQuantity } from '../lib/quantity';
import { DEFAULT_PERMISSIONS } from './auth/permissions';

const MEBIBYTE = 2 ** 20;
/** What an idle server takes with one worker: the command that starts it, and the worker. Measured: 450 MiB. */
const FIRST_WORKER = 512 * MEBIBYTE;
/** What each further worker takes. Measured: 280 MiB. */
const FURTHER_WORKER = 320 * MEBIBYTE;
/** What the command that starts the server takes more where there are users, whom it looks up. Measured: 90 MiB. */
const USERS = 128 * MEBIBYTE;
/** Of the server with one worker, and without users. */
const MEMORY = ['640Mi', '2Gi'] as const;

/** An age as "mlflow gc" reads it, which takes an empty text for no age at all and would delete everything. */
const age = z
  .string()
  .regex(/^(?=\d)(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/, {
    error: 'must be an age in days, hours, minutes and seconds, in this order',
  })
  .meta({ examples: ['30d', '12h', '1d12h'] });

const numberOfWorkers = count(1, 32, 4);

const fields = z.strictObject({
  auth: oneOf(['none', 'basic'], 'basic')
    .default('none')
    .describe(
      'Who may do what: whoever reaches MLflow everything (none), or users with passwords and permissions, which MLflow keeps (basic)',
    ),
  defaultPermission: oneOf(DEFAULT_PERMISSIONS, 'EDIT')
    .optional()
    .describe(
      'With auth: basic, what users may do with experiments and models of others that nobody has given them; where absent READ, and with teams NO_PERMISSIONS',
    ),
  hosts: z
    .array(hostAndPort('mlflow.example.com'), { error: 'must be a list' })
    .default([])
    .meta({ examples: [['mlflow.example.com', 'mlflow.example.com:8443']] })
    .describe('Hosts of an ingress, as browsers show them: with the port where it is not 80 or 443'),
  staticPrefix: urlPath('/mlflow')
    .optional()
    .describe('Path that all addresses of the server start with, where an ingress shares its host with others'),
  replicas: count(1, 10, 2).default(1).describe('Pods of the tracking server'),
  workers: numberOfWorkers.default(1).describe('Processes that serve requests in each pod, 320Mi of memory each'),
  resources: resources({ cpu: ['100m', '2'], memory: MEMORY, scratch: ['256Mi', '5Gi'] }).describe(
    'CPU, memory and disk of the container; the default of memory grows with workers, and /tmp with the disk',
  ),
  gc: z
    .strictObject({
      enabled: flag(false).describe(
        'Deletes for good, on a schedule, what users deleted: runs, logged models and experiments, with their artifacts',
      ),
      schedule: cron('0 4 * * 0')
        .default('0 4 * * 0')
        .describe("When: minute, hour, day, month, weekday, in the controller manager's time zone"),
      olderThan: age.default('30d').describe('How long ago a user must have deleted it'),
    })
    .prefault({})
    .describe('The clean-up of the tracking server, "mlflow gc"'),
  ...workloadFields,
});

type Settings = z.output<typeof fields>;

function permissionFaults({ auth, defaultPermission }: Settings): Fault[] {
  if (auth === 'basic' || defaultPermission === undefined) return [];
  const message = `is ${defaultPermission}, for users that MLflow does not have; remove it, or set auth: basic`;
  return [{ path: ['defaultPermission'], message }];
}

function memoryFaults({ workers, auth, resources: { limits } }: Settings): Fault[] {
  const least = FIRST_WORKER + memoryBeyond({ workers, auth });
  // No limit is enough.
  if ((parseQuantity(limits.memory) ?? least) >= least) return [];
  const all = workers === 1 ? 'a worker' : `${workers} workers`;
  const message = `is ${limits.memory}, too little for ${all}; make it at least ${formatMemory(least)}, or leave it out: it follows from workers`;
  return [{ path: ['resources', 'limits', 'memory'], message }];
}

/** The memory beyond that of one worker without users. A number that is none counts for one worker. */
const memoryBeyond = ({ workers, auth }: { readonly workers?: unknown; readonly auth?: unknown }) =>
  ((numberOfWorkers.safeParse(workers).data ?? 1) - 1) * FURTHER_WORKER + (auth === 'basic' ? USERS : 0);

export const mlflowSchema = z
  .preprocess(
    growingMemory(MEMORY, memoryBeyond),
    fields.superRefine(rules((settings) => [...permissionFaults(settings), ...memoryFaults(settings)])),
  )
  .prefault({})
  .describe('MLflow, the tracking server and model registry');
