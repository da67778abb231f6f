/** The schema of an inference graph, and the rules about its nodes and how they hang together. */
import * as z from 'zod';
import { oneOf } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import { hasProxy } from '../../seldon/contract';
import { nodesOf } from '../node';
import type { Protocol } from '../protocol';
import { faultOf, type Node } from './complete';
import { folderFaults } from './container';
import { sizeFaults } from './disk';
import { nodeFields, nodeName, oneKindFaults } from './node';
import { router, routerFaults } from './router';
import { serverFaults, serverImageFaults } from './server';

const NODE_TYPES = ['MODEL', 'TRANSFORMER', 'OUTPUT_TRANSFORMER', 'ROUTER', 'COMBINER'] as const;

const graphFields = z.strictObject({
  name: nodeName.describe('Name of the node and of its container'),
  type: oneOf(NODE_TYPES, 'TRANSFORMER')
    .optional()
    .describe(
      'What it does with a request; MODEL where absent. In v2 the image of a ROUTER serves /v2/models/<node>/route, that of a COMBINER /v2/models/<node>/aggregate',
    ),
  router,
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
  return [
    ...sizeFaults(node),
    ...oneKindFaults(node),
    ...serverFaults(node, protocol),
    ...routerFaults(node),
    ...childrenFaults(node),
    ...serverImageFaults(node, protocol),
    ...folderFaults(node, protocol),
  ];
}

/** How many nodes may be below a node, by what it does. */
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
