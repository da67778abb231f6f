/**
 * Where the executor is told to log, so that it reports each request once and as it was asked.
 *
 * A node with children reports each request twice: when it is asked itself, and again around its children, with what it has
 * made of the request by then. Its answers are reported twice as well. Source: seldon-core#5116, in 1.16 and later; seen with
 * the executor of 1.17.1.
 */
import { type NodeProps, nodesOf } from './node';

type Logger = NonNullable<NodeProps['logger']>;
type Tree<N> = Omit<NodeProps, 'children'> & { readonly children: readonly N[] };

/**
 * The nodes without children of which exactly one is asked what callers ask; and gives the answer that they get, where
 * answers are logged.
 * @returns none where another node changes each request before
 */
export function logPlaces<N extends Tree<N>>(node: N, mode: string): N[] {
  const { type, router, children } = node;
  if (children.length === 0) return [node];
  const below = children.map((child) => logPlaces(child, mode));
  if (type === 'ROUTER' || router !== undefined) return below.every(({ length }) => length > 0) ? below.flat() : [];
  // These change the answer.
  if ((type === 'COMBINER' || type === 'OUTPUT_TRANSFORMER') && mode === 'request') {
    return below.find(({ length }) => length > 0) ?? [];
  }
  return [];
}

/** Whether a node logs to the log of the platform. */
export const hasNoAddress = ({ logger }: Pick<NodeProps, 'logger'>): boolean =>
  logger !== undefined && logger.url === undefined;

/** Whether a model logs to the log of the platform. */
export const logsToPlatform = ({ predictors }: { readonly predictors: readonly { readonly graph: NodeProps }[] }) =>
  predictors.some(({ graph }) => nodesOf(graph).some(hasNoAddress));

/** The graph with this address in each logger that has none. */
export const withAddress = (node: NodeProps, url: string): NodeProps => ({
  ...node,
  ...(node.logger && { logger: { ...node.logger, url: node.logger.url ?? url } }),
  children: node.children.map((child) => withAddress(child, url)),
});

/** The graph with a logger at these places, but where a node has its own. */
export function withLogger<N extends Tree<N>>(root: N, logger: Logger): N {
  const places = logPlaces(root, logger.mode);
  const placed = (node: N): N => ({
    ...node,
    ...(places.includes(node) && { logger: node.logger ?? logger }),
    children: node.children.map(placed),
  });
  return placed(root);
}
