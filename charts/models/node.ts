/** A node of an inference graph, which Seldon calls a PredictiveUnit. */

import type { Resources } from '../lib/container';
import type { VariableSetting } from '../lib/workload-settings';
import type { Protocol } from './protocol';

/** Exactly one of server, image and router says what runs. */
export interface NodeProps {
  readonly name: string;
  readonly type?: string;
  /** One of Seldon's prepackaged servers, such as "MLFLOW_SERVER". */
  readonly server?: string;
  /** An image for the server in place of the one that the operator has for it. @default - that one */
  readonly serverImage?: string;
  /** A custom image. */
  readonly image?: string;
  /** A router inside the executor; it has no container. */
  readonly router?: string;
  /** Where the files are, such as "s3://models/wine/1". */
  readonly uri?: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly container: ContainerProps;
  readonly logger?: { readonly mode: string; readonly url?: string };
  readonly resources: Resources;
  /** Of what fetches its files. */
  readonly initializerResources: Resources;
  /** Devices of its server. @default - none */
  readonly gpus?: number;
  readonly children: readonly NodeProps[];
  /** @default - nobody has said which version the files are */
  readonly version?: ModelVersion;
}

/** Where the files come from, and a digest of them. */
export interface ModelVersion {
  readonly digest: string;
  readonly run?: string;
  readonly registered?: { readonly name: string; readonly version: string };
}

/** The container of a custom image. */
export interface ContainerProps {
  /** @default - Seldon tells it, by variables */
  readonly port?: number;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, VariableSetting>>;
  /** Secrets whose keys become variables. */
  readonly secrets: readonly string[];
  readonly volumes: readonly {
    readonly path: string;
    readonly secret?: string;
    readonly configMap?: string;
    readonly claim?: string;
  }[];
  /** Paths of empty folders that it may write to. @default - none but /tmp */
  readonly scratch?: readonly string[];
  /** Size of /dev/shm. @default - the 64Mi of container runtimes */
  readonly sharedMemory?: string;
  /** @default - the user of Seldon's images */
  readonly uid?: number;
}

/** Where a container finds the memory that its processes share. */
export const SHARED_MEMORY_PATH = '/dev/shm';

/** All nodes of a graph, parents first. */
export function nodesOf<N extends { readonly children: readonly N[] }>(node: N): N[] {
  // Most graphs are one node, and there are thousands of them.
  return node.children.length === 0 ? [node] : [node, ...node.children.flatMap((child) => nodesOf(child))];
}

/** The nodes that have a container: all but the routers inside the executor. */
export const nodesWithContainer = <N extends { readonly children: readonly N[]; readonly router?: string }>(root: N) =>
  nodesOf(root).filter(({ router }) => router === undefined);

/** Whether a node runs an image of MLServer. */
export const isMlserver = ({ server }: NodeProps, protocol: Protocol) =>
  server !== undefined && server !== 'TRITON_SERVER' && protocol === 'v2';

/** Which version of a model a graph is: that of the registry, or else where its files are. */
export const versionOf = (graph: NodeProps): string =>
  nodesOf(graph)
    .flatMap(({ version, uri, image }) => version?.registered?.version ?? uri ?? image ?? [])
    .join(' ');
