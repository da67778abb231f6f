/** The schema of an inference graph and of what runs in its nodes, and the rules about them. */
import { z } from 'zod';
import { dnsLabel, imageReference, oneOf, scalar } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import { resourceAmounts } from '../../../config/resources';
import { parseQuantity } from '../../lib/quantity';
import { hasProxy, MODEL_PATH } from '../../seldon/contract';
import { SERVERS, type ServerName } from '../image';
import { MAX_NODE_NAME } from '../naming';
import { nodesOf } from '../node';
import type { Protocol } from '../protocol';
import { modelUri } from '../uri';
import type { Node } from './complete';
import { container } from './container';
import { logger, loggerFaults } from './logger';
import { gpus } from './placement';

/** A model server loads the model into each replica's memory; the defaults fit the small models of the guide. */
export const SERVER_RESOURCES = {
  cpu: ['100m', '1'],
  memory: ['384Mi', '1Gi'],
  scratch: ['256Mi', '2Gi'],
} as const;

const serverNames = Object.keys(SERVERS) as [ServerName, ...ServerName[]];

const NODE_TYPES = ['MODEL', 'TRANSFORMER', 'OUTPUT_TRANSFORMER', 'ROUTER', 'COMBINER'] as const;

export const nodeName = dnsLabel('classifier', MAX_NODE_NAME);

const serverImage = imageReference('registry.example.com/team/mlserver:1.7.1-torch')
  .optional()
  .describe("Image of the server in place of the catalogue's: the same program, with libraries of yours");

/** What may run in a node. */
export const nodeFields = {
  server: oneOf(serverNames, 'MLFLOW_SERVER').optional().describe("Seldon's prepackaged server that loads the model"),
  image: imageReference('registry.example.com/team/scorer:1.2')
    .optional()
    .describe("An image of your own, in place of a server: it speaks the protocol, as Seldon's wrapper or on its own"),
  uri: modelUri('models:/wine-elasticnet@champion')
    .optional()
    .describe(
      "The model: a registry name (models:/NAME@ALIAS, models:/NAME/VERSION), a run's (runs:/RUN/NAME), a place (s3://…) or a volume (pvc://CLAIM/PATH)",
    ),
  parameters: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, { error: 'must be the name of a parameter' }), scalar)
    .default({})
    .meta({ examples: [{ ratioA: 0.5 }] })
    .describe('Parameters of the node, typed as they are written'),
  container,
  logger,
  resources: resourceAmounts(SERVER_RESOURCES).optional().describe('CPU, memory and disk of the model server'),
  gpus,
  serverImage,
};

const graphFields = z.strictObject({
  name: nodeName.describe('Name of the node and of its container'),
  type: oneOf(NODE_TYPES, 'TRANSFORMER')
    .optional()
    .describe(
      'What it does with a request; MODEL where absent. In v2 the image of a ROUTER serves /v2/models/<node>/route, that of a COMBINER /v2/models/<node>/aggregate',
    ),
  router: z
    .enum(['RANDOM_ABTEST'], { error: 'must be RANDOM_ABTEST: the executor of 1.17 has no other built in' })
    .optional()
    .meta({ examples: ['RANDOM_ABTEST'] })
    .describe('A router inside the executor, with two children and the parameter ratioA'),
  ...nodeFields,
});

/** A node with the nodes below it, as a file writes it. */
export interface GraphSettings extends z.output<typeof graphFields> {
  readonly children: readonly GraphSettings[];
}

export const graphSchema: z.ZodType<GraphSettings> = graphFields.extend({
  children: z
    .array(z.lazy(() => graphSchema))
    .default([])
    .describe('The nodes below it'),
});

/** The SeldonDeployment type describes so many levels below the root. The API server drops a deeper one. */
const MAX_DEPTH = 10;

/** What a graph may not be, whatever its nodes are called. */
export function graphFaults(graph: Node, protocol: Protocol): Fault[] {
  const depth = depthOf(graph);
  const proxies = nodesOf(graph).filter(({ server }) => hasProxy(server, protocol));
  return [
    ...proxies.slice(1).map(({ path }) => ({
      path: [...path, 'server'],
      message:
        'is a second TENSORFLOW_SERVER in one pod, where both would have ports 2000 and 2001; make one a model of its own',
    })),
    ...(depth > MAX_DEPTH
      ? [
          {
            path: graph.path,
            message: `is ${depth} levels deep; the SeldonDeployment type has ${MAX_DEPTH} below the root`,
          },
        ]
      : []),
  ];
}

const depthOf = (node: Node): number => Math.max(0, ...node.children.map((child) => 1 + depthOf(child)));

/** What a node may not be. */
export function nodeFaults(node: Node, protocol: Protocol): Fault[] {
  const { server } = node;
  return [
    ...loggerFaults(node),
    ...oneKindFaults(node),
    ...(server ? serverFaults(node, server, protocol) : []),
    ...(node.router === undefined ? [] : routerFaults(node, node.router)),
    ...childrenFaults(node),
    ...serverImageFaults(node, protocol),
    ...folderFaults(node),
  ];
}

const faultOf = (node: Node, field: string, message: string): Fault => ({ path: [...node.path, field], message });

/** A node runs a server, an image or a router. */
function oneKindFaults(node: Node): Fault[] {
  const [first, second] = (['server', 'image', 'router'] as const).filter((kind) => node[kind]);
  if (second) return [faultOf(node, second, `stands beside ${first}; a node runs one of the two`)];
  // The schema of the file says so itself where the node is the file.
  if (first || node.path.length === 0) return [];
  return [faultOf(node, 'server', 'is required, such as "MLFLOW_SERVER"; or name an image of your own, under image')];
}

function serverFaults(node: Node, server: ServerName, protocol: Protocol): Fault[] {
  const faults: Fault[] = [];
  const isFile = node.path.length === 0;
  const protocols = Object.keys(SERVERS[server]);
  if (!protocols.includes(protocol)) {
    const use = `use ${protocols.join(' or ')}`;
    faults.push(
      isFile
        ? { path: ['protocol'], message: `is ${protocol}, which ${server} does not speak; ${use}` }
        : faultOf(node, 'server', `is ${server}, which does not speak ${protocol}; ${use}`),
    );
  }
  // HUGGINGFACE_SERVER can load a model from a hub, which its parameters name.
  if (node.uri === undefined && server !== 'HUGGINGFACE_SERVER' && !isFile) {
    faults.push(faultOf(node, 'uri', `is required by ${server}, such as "models:/wine-elasticnet@champion"`));
  }
  if (node.type !== undefined && node.type !== 'MODEL') {
    faults.push(faultOf(node, 'type', `is ${node.type}, but ${server} is a MODEL; the operator would make it one`));
  }
  return faults;
}

/** Folders that there are already, and memory that the container does not have. */
function folderFaults(node: Node): Fault[] {
  const { volumes, scratch = [], sharedMemory } = node.container;
  const taken = ['/tmp', MODEL_PATH, ...volumes.map(({ path }) => path)];
  const { memory = '' } = node.resources.limits;
  return [
    ...scratch.flatMap((path, index) =>
      [...taken, ...scratch.slice(0, index)].includes(path)
        ? [
            {
              path: [...node.path, 'container', 'scratch', index],
              message: `is ${path}, where there is a folder already; choose another`,
            },
          ]
        : [],
    ),
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

/** An image for a server that there is not, or of which there are two. */
function serverImageFaults(node: Node, protocol: Protocol): Fault[] {
  if (node.serverImage === undefined) return [];
  if (node.server === undefined)
    return [faultOf(node, 'serverImage', 'stands without server; an image of your own is image')];
  if (!hasProxy(node.server, protocol)) return [];
  const two = `has two images under protocol ${protocol}, a proxy and TensorFlow Serving; use protocol: tensorflow`;
  return [faultOf(node, 'serverImage', `is of ${node.server}, which ${two}`)];
}

function routerFaults(node: Node, router: string): Fault[] {
  const faults: Fault[] = [];
  const { ratioA, ...others } = node.parameters;
  if (node.children.length !== 2) {
    faults.push(faultOf(node, 'children', `are ${node.children.length}; ${router} routes to two`));
  }
  if (typeof ratioA !== 'number' || ratioA < 0 || ratioA > 1) {
    faults.push(faultOf(node, 'parameters', `need ratioA for ${router}, the share of the first child, such as 0.5`));
  }
  // abTestRouter in executor/predictor/ takes 0.5 where there is not this one parameter alone.
  for (const name of Object.keys(others)) {
    faults.push({
      path: [...node.path, 'parameters', name],
      message: `stands beside ratioA, which ${router} then ignores; remove it`,
    });
  }
  if (node.uri !== undefined) {
    faults.push(faultOf(node, 'uri', 'stands beside router, which loads nothing; remove it'));
  }
  if ((node.gpus ?? 0) > 0) {
    faults.push(faultOf(node, 'gpus', 'stands beside router, which has no container; remove it'));
  }
  return faults;
}

function childrenFaults(node: Node): Fault[] {
  const { type, router, children } = node;
  if (children.length > 1 && router === undefined && type !== 'ROUTER' && type !== 'COMBINER') {
    const only = 'only a ROUTER chooses among several, and only a COMBINER merges their answers';
    return [faultOf(node, 'children', `are ${children.length}, but ${only}; set type`)];
  }
  if (children.length > 0) return [];
  if (type === 'ROUTER' || type === 'COMBINER') return [faultOf(node, 'children', `are none; a ${type} needs some`)];
  if (type === 'OUTPUT_TRANSFORMER') {
    return [faultOf(node, 'children', 'are none; an OUTPUT_TRANSFORMER changes the answer of its child')];
  }
  return [];
}
