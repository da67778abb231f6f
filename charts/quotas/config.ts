/** The schema of `quotas` in platform.yaml, and what is wrong with an amount that is given by hand. */
import * as z from 'zod';
import { bytes, count, cpu, flag } from '../../config/fields';
import type { Fault } from '../../config/problems';
import { NAMESPACE_PARTS, type NamespaceNames } from '../namespaces/config';
import { AMOUNTS, type Amount, amountOf, type Demand, formatAmount, givenAmount, requestOf } from './demand';

export const hardSchema = z
  .strictObject({
    'requests.cpu': cpu('8').optional().describe('CPUs that all containers together may request'),
    'requests.memory': bytes('32Gi').optional().describe('Bytes of memory that they may request'),
    'requests.ephemeral-storage': bytes('64Gi').optional().describe('Bytes of node disk that they may request'),
    'limits.cpu': cpu('16').optional().describe('CPUs that their limits may sum up to'),
    'limits.memory': bytes('64Gi').optional().describe('Bytes of memory that their limits may sum up to'),
    'limits.ephemeral-storage': bytes('128Gi')
      .optional()
      .describe('Bytes of node disk that their limits may sum up to'),
    pods: count(1, 100_000, 50).optional().describe('Pods that have not ended'),
  })
  .optional();

export const quotasSchema = z
  .strictObject({
    enabled: flag(false).describe('Makes a ResourceQuota and a LimitRange in each namespace'),
    headroom: count(0, 1000, 25)
      .default(25)
      .describe('Percent that a quota leaves free, beside what runs and what an update starts in addition'),
    hard: z
      .strictObject(
        Object.fromEntries(
          NAMESPACE_PARTS.map((part) => [
            part,
            hardSchema.meta({ examples: [{ 'requests.memory': '32Gi' }] }).describe(`In the namespace of ${part}`),
          ]),
        ) as Record<(typeof NAMESPACE_PARTS)[number], typeof hardSchema>,
      )
      .prefault({})
      .describe('Amounts by hand, in place of those that follow from what runs'),
  })
  .prefault({})
  .describe('What the pods of a namespace may ask for together; the default follows from what runs there');

/** Amounts that are given by hand for a namespace, and where. */
export interface GivenQuota {
  readonly path: Fault['path'];
  readonly namespace: string;
  readonly hard: z.output<typeof hardSchema>;
}

/** Those of the platform's own namespaces. */
export const givenQuotas = (
  { enabled, hard }: Pick<z.output<typeof quotasSchema>, 'enabled' | 'hard'>,
  namespaces: NamespaceNames,
): GivenQuota[] =>
  enabled
    ? NAMESPACE_PARTS.map((part) => ({
        path: ['quotas', 'hard', part],
        namespace: namespaces[part],
        hard: hard[part],
      }))
    : [];

/** Amounts by hand that would keep pods of the platform from starting. */
export function quotaFaults(quotas: readonly GivenQuota[], demandOf: (namespace: string) => Demand): Fault[] {
  return quotas.flatMap(({ path, namespace, hard: given }) => {
    if (!given) return [];
    const demand = demandOf(namespace);
    const below = AMOUNTS.flatMap((name: Amount): Fault[] => {
      const [limit, request] = [given[name], given[requestOf(name)]];
      if (limit === undefined || request === undefined || givenAmount(limit) >= givenAmount(request)) return [];
      const message = `is ${limit}, less than the ${request} of ${requestOf(name)}; make it at least that, or leave it out`;
      return [{ path: [...path, name], message }];
    });
    if (below.length > 0) return below;
    return AMOUNTS.flatMap((name: Amount): Fault[] => {
      const value = given[name];
      const least = amountOf(demand, name);
      if (value === undefined || least === undefined || givenAmount(value) >= least) return [];
      const need = formatAmount(name, least);
      const message = `is ${value}, less than the ${need} that the pods of ${namespace} need during an update; make it at least ${need}, or leave it out: it follows from what runs`;
      return [{ path: [...path, name], message }];
    });
  });
}
