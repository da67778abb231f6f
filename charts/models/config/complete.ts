/** A model file's predictors and nodes once nothing in them is left out, each with its place in the file. */
import type { Fault } from '../../../config/problems';
import type { ServerName } from '../image';
import type { NodeProps } from '../node';
import type { PredictorProps } from '../props';
import type { OpenResources } from './resources';

/** Where a value stands in the file. */
export type Path = Fault['path'];

/** A node of a graph that says where its files are. */
export interface PlacedNode extends NodeProps {
  readonly path: Path;
  readonly server?: ServerName;
  readonly children: readonly PlacedNode[];
}

/** A node of a graph, as its file describes it. */
export interface Node extends PlacedNode {
  /** Its name in models.lock.yaml. */
  readonly lockKey: string;
  /** How large its files are. @default - nobody has said so */
  readonly size?: string;
  /** Its resources as the file says them. */
  readonly said: { readonly resources: OpenResources; readonly initializerResources: OpenResources };
  readonly children: readonly Node[];
}

/** A fault of a node, at one of its fields. */
export const faultOf = (node: Node, field: string, message: string): Fault => ({
  path: [...node.path, field],
  message,
});

/** A predictor, as its file describes it. */
export interface Predictor<N extends PlacedNode = Node> extends PredictorProps {
  readonly path: Path;
  readonly graph: N;
}
