/** The vocabulary of the configuration: CPU, memory, disk and volumes. */
import { z } from 'zod';
import { parseQuantity } from '../charts/lib/quantity';
import { bytes, cpu, objectName } from './fields';

/** Requests and limits of one container, all with defaults. */
export const resources = (defaults: ResourceDefaults) =>
  // A default that is complete is not checked again for each of thousands of models.
  resourceAmounts(defaults)
    .default(resourceAmounts(defaults).parse({}))
    .describe('CPU, memory and disk of the container');

/** The same where nothing is said: then there are none. */
export const resourceAmounts = (defaults: ResourceDefaults) => {
  const disk = (column: 0 | 1) =>
    bytes(defaults.scratch[column])
      .default(defaults.scratch[column])
      .describe('Bytes of node disk for logs, emptyDirs and files outside volumes');
  return z
    .strictObject({
      requests: z
        .strictObject({
          cpu: cpu(defaults.cpu[0]).default(defaults.cpu[0]).describe('CPUs'),
          memory: bytes(defaults.memory[0]).default(defaults.memory[0]).describe('Bytes of memory'),
          'ephemeral-storage': disk(0),
        })
        .prefault({})
        .describe('What the scheduler reserves'),
      limits: z
        .strictObject({
          cpu: cpu(defaults.cpu[1], { orNone: true }).default(defaults.cpu[1]).describe('CPUs, or none for no limit'),
          memory: bytes(defaults.memory[1], { orNone: true })
            .default(defaults.memory[1])
            .describe('Bytes of memory, or none for no limit'),
          // Without it nothing would bound the emptyDirs, whose sizes follow from it.
          'ephemeral-storage': disk(1),
        })
        .prefault({})
        .describe('What the container may use at most'),
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
