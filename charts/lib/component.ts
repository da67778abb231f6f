import { ApiObject, Chart } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { type Edge, edgesTo, hostOf, originOf, type Peer, type Pods, type Server } from './endpoint';
import type { Prerequisite } from './prerequisite';
import type { RequiredSecret } from './secret';
import type { Stage } from './stages';

export interface ComponentProps {
  /** The value of app.kubernetes.io/name, and the file's name in dist/. */
  readonly name: string;
  readonly stage: Stage;
  /** @default - cluster-scoped objects only, or each object names its own */
  readonly namespace?: string;
  /**
   * The version of the software, shown as a label.
   * @default - no version label
   */
  readonly version?: string;
  /**
   * What several components of this kind are together, such as "batch jobs": a picture shows them as one.
   * @default - there is one of its kind
   */
  readonly plural?: string;
}

/** What a file has in common with others. */
export interface Likeness {
  /** The same for all files that differ in their words only. */
  readonly key: string;
  /** What is this file's own. The second word stands in the objects as it is, and in the common ones as "likeness-2-of". */
  readonly words: readonly string[];
  /** The objects that all have in common. */
  objects(): readonly unknown[];
}

/** One file of dist/. */
export interface ComponentFile {
  readonly stage: Stage;
  /** The file's name without its ending. */
  readonly name: string;
  /**
   * What the objects follow from besides the settings of the platform.
   * @default - nothing else
   */
  readonly input?: object;
  /** @default - it is like no other file */
  likeness?(): Likeness | undefined;
  /** Kubernetes objects as JSON; they may be made when they are asked for. */
  readonly objects: readonly unknown[];
}

/**
 * A chart of the platform: one file of dist/, in one stage.
 *
 * It keeps what the platform derives from its components: who calls whom (the NetworkPolicies follow from it), which Secrets
 * must exist (`npm run secrets` makes them), and what the cluster must have (PREREQUISITES.md lists it).
 */
export abstract class Component extends Chart {
  readonly componentName: string;
  readonly stage: Stage;
  readonly plural?: string;
  private readonly _edges: Edge[] = [];
  private readonly _secrets: RequiredSecret[] = [];
  private readonly _prerequisites: Prerequisite[] = [];

  constructor(scope: Construct, props: ComponentProps) {
    super(scope, props.name, {
      namespace: props.namespace,
      disableResourceNameHashes: true,
      labels: {
        ...nameLabel(props.name),
        'app.kubernetes.io/part-of': PART_OF,
        'app.kubernetes.io/managed-by': 'cdk8s',
        ...(props.version ? { 'app.kubernetes.io/version': props.version } : {}),
      },
    });
    this.componentName = props.name;
    this.stage = props.stage;
    this.plural = props.plural;
  }

  /** The connections this component's pods need. */
  get edges(): readonly Edge[] {
    return this._edges;
  }

  /** The Secrets this component's pods read. */
  get secrets(): readonly RequiredSecret[] {
    return this._secrets;
  }

  /** What the cluster must have before this component is applied. */
  get prerequisites(): readonly Prerequisite[] {
    return this._prerequisites;
  }

  /** The files of dist/ that this component makes; by default one with the component's name. */
  *files(): Iterable<ComponentFile> {
    yield {
      stage: this.stage,
      name: this.componentName,
      objects: this.objectsIn(this),
    };
  }

  /** The Kubernetes objects in a part of the construct tree, as JSON. */
  protected objectsIn(scope: IConstruct): unknown[] {
    const objects = scope.node.findAll().filter((node) => ApiObject.isApiObject(node));
    return objects.map((object): unknown => object.toJson());
  }

  /**
   * Where to put cluster-scoped objects: cdk8s gives everything else in a component its namespace, and the API server
   * refuses a cluster-scoped object that has one.
   */
  protected get clusterScope(): Chart {
    const id = 'cluster-scoped';
    return (
      (this.node.tryFindChild(id) as Chart | undefined) ??
      new Chart(this, id, { labels: this.labels, disableResourceNameHashes: true })
    );
  }

  /** A group of this component's pods, with the labels that select them. */
  protected pods(namespace: string, component: string, name = this.componentName): Pods {
    return componentPods(this.componentName, namespace, component, name);
  }

  /** The labels of a pod template: the selector's, plus those that may change with a version. */
  protected podLabels(pods: Pods): Record<string, string> {
    // Pods are made by their Deployment or Job, so "managed-by: cdk8s" would not be true of them.
    const { 'app.kubernetes.io/managed-by': _, ...labels } = this.labels;
    return { ...labels, ...pods.labels };
  }

  /** Opens the way from some pods to a server. There is no other way to learn a server's address. */
  protected connect(from: Peer, to: Server): { host: string; port: number; origin: string } {
    this._edges.push(...edgesTo(from, to));
    return { host: hostOf(to), port: to.port, origin: originOf(to) };
  }

  /** Opens the way to something that is not a Service of this platform. */
  protected allow(from: Peer, to: Peer, ...ports: number[]): void {
    this._edges.push({ from, to, ports });
  }

  /** Declares something that others make and that the cluster must have, such as an operator. */
  protected requireInstalled(prerequisite: Prerequisite): void {
    this._prerequisites.push(prerequisite);
  }

  /** Declares a Secret that must exist before this component starts. */
  protected requireSecret(secret: RequiredSecret): RequiredSecret {
    this._secrets.push(secret);
    return secret;
  }
}

/** The same for those who must know the pods of a component before it is made. */
export const componentPods = (owner: string, namespace: string, component: string, name = owner): Pods => ({
  kind: 'pods',
  name,
  namespace,
  labels: selectorLabels(owner, component),
});

/** The value of app.kubernetes.io/part-of on every object of the platform. */
export const PART_OF = 'ml-platform';

const nameLabel = (name: string) => ({ 'app.kubernetes.io/name': name });

/** The labels that select pods. A selector is immutable, so nothing in it may change with a release. */
function selectorLabels(name: string, component: string): Record<string, string> {
  return { ...nameLabel(name), 'app.kubernetes.io/component': component };
}
