/** The fields that every node has, whether it stands in a graph, is a predictor's only one or the file's. */
import * as z from 'zod';
import { dnsLabel, scalar } from '../../../config/fields';
import { imageReference } from '../../../config/image-fields';
import type { Fault } from '../../../config/problems';
import { resourcesWithFiles } from '../../../config/resources';
import { MAX_NODE_NAME } from '../naming';
import { modelUri } from '../uri';
import { faultOf, type Node } from './complete';
import { container } from './container';
import { size } from './disk';
import { logger } from './logger';
import { gpus } from './placement';
import { SERVER_RESOURCES } from './resources';
import { server, serverImage } from './server';

export const nodeName = dnsLabel('classifier', MAX_NODE_NAME);

/** What may run in a node. */
export const nodeFields = {
  server,
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
  size,
  resources: resourcesWithFiles(SERVER_RESOURCES).optional().describe('CPU, memory and disk of the model server'),
  gpus,
  serverImage,
};

/** A node runs a server, an image or a router. */
export function oneKindFaults(node: Node): Fault[] {
  const [first, second] = (['server', 'image', 'router'] as const).filter((kind) => node[kind]);
  if (second) return [faultOf(node, second, `stands beside ${first}; a node runs one of the two`)];
  // The schema of the file says so itself where the node is the file.
  if (first || node.path.length === 0) return [];
  return [faultOf(node, 'server', 'is required, such as "MLFLOW_SERVER"; or name an image of your own, under image')];
}
