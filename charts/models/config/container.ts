/** The schema of `container`: what a custom image is run with. */
import { z } from 'zod';
import { bytes, objectName, port, text } from '../../../config/fields';
import { variables } from '../../../config/workload';

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

export const container = z
  .strictObject({
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
      .describe("Variables: a value, or {secret, key} or {configMap, key} of the models' namespace"),
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
  })
  .default({ env: {}, secrets: [], volumes: [] })
  .describe('What the container of a server or of an image of your own is run with');
