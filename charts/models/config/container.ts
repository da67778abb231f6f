/** The schema of `container`, what the program of a node is run with, and the rules about it. */
import { posix } from 'node:path';
import * as z from 'zod';
import { bytes, objectName, port, text } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import { section } from '../../../config/section';
import { variables } from '../../../config/workload';
import { parseQuantity } from '../../lib/quantity';
import { ENVIRONMENT_PATH, MODEL_PATH, POD_INFO_PATH } from '../../seldon/contract';
import { isMlserver, SHARED_MEMORY_PATH } from '../node';
import type { Protocol } from '../protocol';
import type { Node } from './complete';

const absolutePath = text('/mnt/labels').refine((value) => /^\/[^:]*$/.test(value), {
  error: 'must be an absolute path',
});

const volume = z
  .strictObject({
    path: absolutePath.describe('Where the container sees it'),
    secret: objectName('scorer-tls').optional().describe('A Secret'),
    configMap: objectName('labels').optional().describe('A ConfigMap'),
    claim: objectName('labels').optional().describe('A PersistentVolumeClaim'),
  })
  .refine(({ secret, configMap, claim }) => [secret, configMap, claim].filter(Boolean).length === 1, {
    error: 'must name one of secret, configMap and claim',
  })
  .meta({ examples: [{ path: '/mnt/labels', configMap: 'labels' }] });

const USER_ID = { error: 'must be a user id from 1 to 65534' };

export const container = section(
  z.strictObject({
    port: port(8080)
      .optional()
      .describe('Where it serves HTTP, for an image that cannot be told; Seldon tells it where absent'),
    command: z
      .array(text('python'))
      .optional()
      .meta({ examples: [['python', 'serve.py']] })
      .describe('In place of its entrypoint'),
    args: z
      .array(text('--threads=2'))
      .optional()
      .meta({ examples: [['--threads=2']] })
      .describe('Arguments'),
    env: variables
      .default({})
      .describe(
        "Variables: a value, or {secret, key} or {configMap, key} of the models' namespace, in place of those that a prepackaged server has",
      ),
    secrets: z
      .array(objectName('scorer-login'))
      .default([])
      .meta({ examples: [['scorer-login']] })
      .describe("Secrets in the models' namespace whose keys become variables"),
    volumes: z
      .array(volume)
      .default([])
      .meta({ examples: [[{ path: '/mnt/labels', configMap: 'labels' }]] })
      .describe("What it reads, in the models' namespace"),
    scratch: z
      .array(absolutePath, { error: 'must be a list of absolute paths' })
      .min(1, { error: 'must name a path' })
      .optional()
      .meta({ examples: [['/var/cache']] })
      .describe('Empty folders that it may write to, besides /tmp; they count as its disk'),
    sharedMemory: bytes('1Gi')
      .optional()
      .describe('Size of /dev/shm, which is 64Mi where absent; what is in it counts as memory of the container'),
    uid: z
      .number(USER_ID)
      .int()
      .min(1, USER_ID)
      .max(65534, USER_ID)
      .optional()
      .meta({ examples: [8888] })
      .describe("User that it runs as; that of Seldon's own images where absent"),
  }),
).describe('The container of a node; command, args, port and uid are for images of your own');

/** What a container runtime makes itself, and mounts nothing over. */
const OF_THE_SYSTEM = /^\/(?:dev|(?:proc|sys)(?:\/.*)?)?$/;

/** Where a container has folders that the file does not speak of. */
const foldersOf = (node: Node, protocol: Protocol): string[] => [
  '/tmp',
  POD_INFO_PATH,
  ...(node.uri === undefined ? [] : [MODEL_PATH]),
  ...(isMlserver(node, protocol) ? [ENVIRONMENT_PATH] : []),
  ...(node.container.sharedMemory === undefined ? [] : [SHARED_MEMORY_PATH]),
];

/** Folders that there are already, and memory that the container does not have. */
export function folderFaults(node: Node, protocol: Protocol): Fault[] {
  const { sharedMemory } = node.container;
  const { memory = '' } = node.resources.limits;
  return [
    ...placeFaults(node, protocol),
    ...(sharedMemory !== undefined && (parseQuantity(sharedMemory) ?? 0) >= (parseQuantity(memory) ?? Infinity)
      ? [
          {
            path: [...node.path, 'container', 'sharedMemory'],
            message: `is ${sharedMemory}, and counts as memory, of which the container has ${memory}; raise resources.limits.memory`,
          },
        ]
      : []),
  ];
}

/** Folders where there is one already: a pod has one mount at a path, however many slashes it is written with. */
function placeFaults(node: Node, protocol: Protocol): Fault[] {
  const { volumes, scratch = [] } = node.container;
  const said = [
    ...volumes.map(({ path }, index) => ({ at: ['volumes', index, 'path'], folder: path })),
    ...scratch.map((folder, index) => ({ at: ['scratch', index], folder })),
  ];
  const taken = new Set(foldersOf(node, protocol));
  return said.flatMap(({ at, folder }) => {
    const place = posix.resolve(folder);
    const why = OF_THE_SYSTEM.test(place) ? SYSTEM_FOLDER : taken.has(place) && TAKEN;
    taken.add(place);
    return why ? [{ path: [...node.path, 'container', ...at], message: `is ${folder}, ${why}` }] : [];
  });
}

const TAKEN = 'where there is a folder already; choose another';
const SYSTEM_FOLDER = 'which is a folder of the system; choose one of your own, such as /var/cache';
