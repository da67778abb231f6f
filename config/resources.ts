/** The vocabulary of the configuration: CPU, memory, disk and volumes. */
import { z } from 'zod';
import { formatMemory, parseQuantity, quantityValue } from '../charts/lib/quantity';
import { bytes, cpu, objectName } from './fields';
import { isMapping } from './merge';

/** Requests and limits of one container, all with defaults. */
export const resources = (defaults: ResourceDefaults) =>
  // A default that is complete is not checked again for each of thousands of models.
  resourceAmounts(defaults)
    .default(resourceAmounts(defaults).parse({}))
    .describe('CPU, memory and disk of the container');

/** The same where nothing is said: then there are none. */
export const resourceAmounts = (defaults: ResourceDefaults) => {
  const amounts = (column: 0 | 1, doc: string) =>
    z
      .strictObject({
        cpu: cpu(defaults.cpu[column]).default(defaults.cpu[column]).describe('CPUs'),
        memory: bytes(defaults.memory[column]).default(defaults.memory[column]).describe('Bytes of memory'),
        'ephemeral-storage': bytes(defaults.scratch[column])
          .default(defaults.scratch[column])
          .describe('Bytes of node disk for logs, emptyDirs and files outside volumes'),
      })
      .prefault({})
      .describe(doc);
  return z
    .strictObject({
      requests: amounts(0, 'What the scheduler reserves'),
      limits: amounts(1, 'What the container may use at most'),
    })
    .superRefine(({ requests, limits }, context) => {
      for (const name of ['cpu', 'memory', 'ephemeral-storage'] as const) {
        // What is no amount at all has been refused already.
        const limit = parseQuantity(limits[name]) ?? 0;
        if (limit > 0 && (parseQuantity(requests[name]) ?? 0) > limit) {
          context.addIssue({
            code: 'custom',
            path: ['requests', name],
            message: `is ${requests[name]}, more than the limit of ${limits[name]}; raise limits.${name} or lower it`,
            params: { complete: true },
          });
        }
      }
    });
};

/**
 * Lets the memory of a section that has `resources` follow from its other settings, where the file does not say it.
 *
 * @param memory request and limit that the defaults have
 * @param more bytes on top of both, for what the section says; what is wrong in it is for the schema to refuse
 */
export function growingMemory(
  [request, limit]: ResourceDefaults['memory'],
  more: (section: Readonly<Record<string, unknown>>) => number,
): (section: unknown) => unknown {
  return (section) => {
    if (!isMapping(section)) return section;
    const { resources = {} } = section;
    const added = more(section);
    if (!isMapping(resources) || !(added > 0)) return section;
    const grown = (amounts: unknown, memory: string) =>
      isMapping(amounts) || amounts === undefined
        ? { memory: formatMemory(quantityValue(memory) + added), ...amounts }
        : amounts;
    const { requests, limits } = resources;
    return {
      ...section,
      resources: { ...resources, requests: grown(requests, request), limits: grown(limits, limit) },
    };
  };
}

/** Request and limit of each resource. */
export interface ResourceDefaults {
  readonly cpu: readonly [string, string];
  readonly memory: readonly [string, string];
  readonly scratch: readonly [string, string];
}

/** A persistent volume. */
export const storage = (size: string) =>
  z
    .strictObject({
      size: bytes(size).default(size).describe('Size of the volume; no StatefulSet can change it later'),
      className: objectName('standard').optional().describe("StorageClass; the cluster's default where absent"),
    })
    .prefault({})
    .describe('The persistent volume');
