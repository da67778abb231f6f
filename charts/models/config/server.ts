/** The schema of `server` and `serverImage`: which of Seldon's prepackaged servers loads the model, and the rules about them. */
import * as z from 'zod';
import { imageReference } from '../../../config/image-fields';
import type { Fault } from '../../../config/problems';
import { hasProxy } from '../../seldon/contract';
import { SERVERS, type ServerName } from '../image';
import type { Protocol } from '../protocol';
import { faultOf, type Node } from './complete';

const serverNames = Object.keys(SERVERS) as [ServerName, ...ServerName[]];

const ONE_OF_SERVERS = `must be one of ${serverNames.join(', ')}`;
const NO_TEMPO = 'must be a server that has an image, and no image has Tempo in it';

export const server = z
  .enum(serverNames, { error: ({ input }) => (input === 'TEMPO_SERVER' ? NO_TEMPO : ONE_OF_SERVERS) })
  .meta({ examples: ['MLFLOW_SERVER'] })
  .optional()
  .describe("Seldon's prepackaged server that loads the model");

export const serverImage = imageReference('registry.example.com/team/mlserver:1.7.1-torch')
  .optional()
  .describe("Image of the server in place of the catalogue's: the same program, with libraries of yours");

/** What a server does not speak, load or do. */
export function serverFaults(node: Node, protocol: Protocol): Fault[] {
  const { server } = node;
  if (server === undefined) return [];
  const faults: Fault[] = [];
  const isFile = node.path.length === 0;
  const protocols = Object.keys(SERVERS[server]);
  if (server === 'MLFLOW_SERVER' && protocol === 'seldon') {
    const why = 'its image installs packages when it starts, and models reach no package index';
    faults.push(
      isFile
        ? { path: ['protocol'], message: `is seldon, which MLFLOW_SERVER cannot speak here: ${why}; remove it` }
        : faultOf(node, 'server', `is MLFLOW_SERVER, which cannot speak seldon here: ${why}; use protocol: v2`),
    );
  } else if (!protocols.includes(protocol)) {
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

/** An image for a server that there is not, or of which there are two. */
export function serverImageFaults(node: Node, protocol: Protocol): Fault[] {
  if (node.serverImage === undefined) return [];
  if (node.server === undefined)
    return [faultOf(node, 'serverImage', 'stands without server; an image of your own is image')];
  if (!hasProxy(node.server, protocol)) return [];
  const two = `has two images under protocol ${protocol}, a proxy and TensorFlow Serving; use protocol: tensorflow`;
  return [faultOf(node, 'serverImage', `is of ${node.server}, which ${two}`)];
}
