/** A predictor of a SeldonDeployment, with what the names and labels of everything that the operator makes of it follow from. */
import type { Images } from '../../images/resolve';
import { hasEngine } from './pod-groups';
import { type OperatorPorts, operatorPorts } from './ports';
import { type MadeObject, type PredictorJson, type SeldonDeploymentJson, type UnitJson, unitsOf } from './seldon-json';

export type Labels = Readonly<Record<string, string>>;

export const MANAGED: Labels = { 'app.kubernetes.io/managed-by': 'seldon-core' };

export class ExpandedPredictor {
  /** Name of its Service, which the names of everything else start with. */
  readonly service: string;
  /** Whether the executor runs in front of its graph. */
  readonly engine: boolean;
  /** The labels of everything that is made of the SeldonDeployment. */
  readonly id: Labels;
  /** The labels of its own pods. */
  readonly podLabels: Labels;
  /** The labels of a shadow; none where it is none. */
  readonly shadow: Labels;
  private readonly ports: ReturnType<typeof operatorPorts>;

  constructor(
    readonly owner: SeldonDeploymentJson,
    readonly json: PredictorJson,
    /** The user of what the operator adds. */
    readonly user: number,
    readonly images?: Images,
  ) {
    this.service = `${owner.metadata.name}-${json.name}`;
    this.engine = hasEngine(json);
    this.id = { 'seldon-deployment-id': owner.metadata.name };
    this.podLabels = { version: json.name, ...json.labels };
    this.shadow = json.shadow ? { 'seldon.io/shadow': 'true' } : {};
    this.ports = operatorPorts(owner);
  }

  /** The protocol of its SeldonDeployment. */
  get protocol(): string {
    return this.owner.spec.protocol ?? 'seldon';
  }

  /** The ports of one of its containers. */
  portsOf(container: string): OperatorPorts {
    return this.ports(this.json, container);
  }

  /** The node of a container; undefined for a container that is no node. */
  unitOf(container: string): UnitJson | undefined {
    return unitsOf(this.json.graph).find(({ name }) => name === container);
  }

  /** The label by which the Service of a node finds its pods. */
  nodeLabel({ name }: UnitJson): Labels {
    return { [`seldon-app-svc-${name}`]: `${this.service}-${name}` };
  }

  made(apiVersion: string, kind: string, name: string, labels: Labels, spec: object): MadeObject {
    return { apiVersion, kind, metadata: { name, namespace: this.owner.metadata.namespace, labels }, spec };
  }
}
