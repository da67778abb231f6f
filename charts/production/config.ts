/** The schemas of `profile` and `accepted` in platform.yaml: what an environment is for, and what it does without. */
import * as z from 'zod';
import { oneOf, text } from '../../config/fields';

/** What an environment is for. */
export const PROFILES = ['starter', 'production'] as const;

/** What is demanded of production, each with what it is. */
export const DEMANDS = {
  digests: 'Every image that runs is named by its digest',
  pulling: 'Every image is pulled at each start of a pod, so that nobody runs what the registry would not give them',
  replicas: 'At least two pods of what can have them',
  users: 'No pod runs as a user below 10000, which may be one of the node',
  quotas: 'Every namespace has a ResourceQuota and a LimitRange',
  priorities: 'Every pod has a PriorityClass',
  policies: 'Every pod is limited by NetworkPolicies',
  backups: 'The database is backed up',
  database: 'The database outlives the node that it runs on',
  store: 'The object store outlives the node that it runs on',
  certificates: 'What is reached from outside the cluster is reached by TLS',
  signIn: 'Whoever comes from outside the cluster signs in',
} as const;

export type DemandName = keyof typeof DEMANDS;

export const profileSchema = oneOf(PROFILES, 'production')
  .default('starter')
  .describe(
    'What the environment is for: a starter runs on one small node; production is refused until it can be relied on',
  );

const REASON = text('The registry has no digests yet').refine((reason) => reason.trim().length >= 10, {
  error: 'must say why, in ten letters or more',
});

export const acceptedSchema = z
  .strictObject(
    Object.fromEntries(
      Object.entries(DEMANDS).map(([name, what]) => [name, REASON.optional().describe(`Why this is not so: ${what}`)]),
    ) as Record<DemandName, z.ZodOptional<typeof REASON>>,
  )
  .prefault({})
  .describe('What production does without, each with the reason; shown in PREREQUISITES.md');
