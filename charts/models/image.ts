/**
 * Where the image of a model comes from: it is the image that its file names, or that of its prepackaged server.
 *
 * dist/ shows no image for a prepackaged server. The operator looks it up in the ConfigMap seldon-config, which the table
 * below is written to. The images themselves, with their tags, are in charts/images/catalogue.ts.
 */
import type { ImageName } from '../images/catalogue';
import type { Images } from '../images/resolve';
import type { Image, PullPolicy } from '../lib/image';
import type { Protocol } from './protocol';

/**
 * The image of each prepackaged server, by the protocol it speaks.
 *
 * Seldon has two more. MLFLOW_SERVER of the protocol seldon makes a conda environment and installs packages when it starts
 * (conda_env_create.py in servers/mlflowserver). TEMPO_SERVER names MLServer's slim image, which has no Tempo in it.
 */
export const SERVERS = {
  SKLEARN_SERVER: { seldon: 'sklearnServer', v2: 'mlserverSklearn' },
  XGBOOST_SERVER: { seldon: 'xgboostServer', v2: 'mlserverXgboost' },
  MLFLOW_SERVER: { v2: 'mlserverMlflow' },
  TENSORFLOW_SERVER: { seldon: 'tensorflowProxy', tensorflow: 'tensorflowServing' },
  TRITON_SERVER: { v2: 'triton' },
  HUGGINGFACE_SERVER: { v2: 'mlserverHuggingface' },
} as const satisfies Record<string, Partial<Record<Protocol, ImageName>>>;

export type ServerName = keyof typeof SERVERS;

/**
 * The image that seldon-config names for a server.
 * @throws Error where it names none
 */
export function serverImage(images: Images, server: string, protocol: string): Image {
  const names: Readonly<Record<string, Readonly<Record<string, ImageName>>>> = SERVERS;
  const name = names[server]?.[protocol];
  if (name === undefined) throw new Error(`there is no image of ${server} for the protocol ${protocol}`);
  return images[name];
}

/**
 * The image in a node's container. The operator fills in that of a prepackaged server.
 * @param pullPolicy @default 'IfNotPresent', which the operator fills in, too
 */
export function containerImage(
  node: { readonly image?: string; readonly serverImage?: string },
  pullPolicy?: PullPolicy,
): { image?: string; imagePullPolicy?: PullPolicy } {
  const image = node.image ?? node.serverImage;
  return {
    ...(image !== undefined && { image, imagePullPolicy: 'IfNotPresent' }),
    ...(pullPolicy && { imagePullPolicy: pullPolicy }),
  };
}
