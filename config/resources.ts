/** The vocabulary of the configuration: CPU, memory, disk and volumes. */
import * as z from 'zod';
import { isMapping } from '../charts/lib/mapping';
import { formatMemory, parseQuantity, quantityValue } from '../charts/lib/quantity';
import { bytes, cpu, objectName } from './fields';
import type { Fault } from './problems';
import { rules } from './rules';
import { section } from './section';

/** Requests and limits of one container, all with defaults. */
export const resources = (defaults: ResourceDefaults) =>
  section(resourceAmounts(defaults)).describe('CPU, memory and disk of the container');

/** The same where nothing is said: then there are none. */
export const resourceAmounts = (defaults: ResourceDefaults) => {
  const amounts = (column: 0 | 1) =>
    section(
      z.strictObject({
        ...cpuAndMemory(defaults, column),
        'ephemeral-storage': bytes(defaults.scratch[column])
          .default(defaults.scratch[column])
          .describe('Bytes of node disk for logs, emptyDirs and files outside volumes'),
      }),
    );
  return z
    .strictObject({ requests: amounts(0).describe(REQUESTS), limits: amounts(1).describe(LIMITS) })
    .superRefine(rules(requestFaults));
};

/** The same for what works on files whose size another field says: disk that nobody speaks of stays open. */
export const resourcesWithFiles = (defaults: ResourceDefaults) => {
  const amounts = (column: 0 | 1) =>
    section(
      z.strictObject({
        ...cpuAndMemory(defaults, column),
        'ephemeral-storage': bytes(defaults.scratch[column])
          .optional()
          .describe(`Bytes of node disk for files and logs; size and ${defaults.scratch[column]} where absent`),
      }),
    );
  return z
    .strictObject({ requests: amounts(0).describe(REQUESTS), limits: amounts(1).describe(LIMITS) })
    .superRefine(rules(requestFaults));
};

const REQUESTS = 'What the scheduler reserves';
const LIMITS = 'What the container may use at most';

const cpuAndMemory = (defaults: ResourceDefaults, column: 0 | 1) => {
  const orNone = column === 1;
  const none = orNone ? ', or none for no limit' : '';
  return {
    cpu: cpu(defaults.cpu[column], { orNone }).default(defaults.cpu[column]).describe(`CPUs${none}`),
    memory: bytes(defaults.memory[column], { orNone })
      .default(defaults.memory[column])
      .describe(`Bytes of memory${none}`),
  };
};

type Amounts = Readonly<Partial<Record<'cpu' | 'memory' | 'ephemeral-storage', string>>>;

function requestFaults({ requests, limits }: { readonly requests: Amounts; readonly limits: Amounts }): Fault[] {
  return (['cpu', 'memory', 'ephemeral-storage'] as const).flatMap((name) => {
    // What is no amount at all has been refused already.
    const limit = parseQuantity(limits[name] ?? '') ?? 0;
    if (limit === 0 || (parseQuantity(requests[name] ?? '') ?? 0) <= limit) return [];
    const message = `is ${requests[name]}, more than the limit of ${limits[name]}; raise limits.${name} or lower it`;
    return [{ path: ['requests', name], message }];
  });
}

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
