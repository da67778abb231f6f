/** The pod of a predictor: a container for each node of its graph, and one that fetches the files of each. */
import type { k8s } from 'cdk8s-plus-27';
import type { Image } from '../images';
import { restrictedContainer } from '../lib/security';
import { podBase, type Resources, resourceRequirements, scratchVolume } from '../lib/workload';
import { type ModelProps, type NodeProps, nodesOf, type PlacementProps, type PredictorProps } from './model-props';
import { MODEL_PATH, probes, serverEnv, serverPorts, userOf } from './server';

/** What the pods of all models have in common. */
export interface PodContext {
  readonly serviceAccount: string;
  readonly pullSecret?: string;
  /** An image with rclone. */
  readonly initializer: Image;
  /** The Secret with the rclone configuration of a source. */
  readonly secretOf: (uri: string) => string;
}

/**
 * The pod of a predictor as the operator takes it over, without the executor. Each container says all that Pod Security
 * asks for, and no file is for a group alone: the operator may write a securityContext of its own over the pod's, with
 * nothing but a user in it (createDeploymentWithoutEngine of seldondeployment_controller.go).
 */
export function predictorPod(model: ModelProps, predictor: PredictorProps, context: PodContext): k8s.PodSpec {
  const { protocol, placement } = model;
  // A router of the executor's own has no container.
  const nodes = nodesOf<NodeProps>(predictor.graph).filter(({ router }) => router === undefined);
  const uid = nodes[0] ? userOf(nodes[0], protocol) : 0;
  const loading = nodes.filter(({ uri }) => uri !== undefined);
  return {
    ...podBase({ serviceAccountName: context.serviceAccount, uid, pullSecret: context.pullSecret }),
    // The operator adds a preStop of ten seconds, which counts towards this.
    terminationGracePeriodSeconds: 30,
    ...placed(placement),
    ...(loading.length > 0 && {
      initContainers: loading.map((node) => ({
        ...initializer(node, model.initializerResources, context),
        securityContext: restrictedContainer(uid),
      })),
    }),
    containers: nodes.map((node, index) => ({
      ...serverContainer(node, model, predictor.engine, index === 0 ? placement : undefined),
      securityContext: restrictedContainer(userOf(node, protocol)),
    })),
    volumes: [
      ...loading.map((node) => scratchVolume(provisionOf(node), '2Gi')),
      scratchVolume('tmp', '512Mi'),
      ...nodes.flatMap(ownVolumes),
      ...loading.flatMap((node) => claimOf(node) ?? []),
    ],
  };
}

function placed({ nodeSelector, tolerations }: PlacementProps): Partial<k8s.PodSpec> {
  return {
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector: { ...nodeSelector } }),
    ...(tolerations.length > 0 && { tolerations: tolerations.map((toleration) => ({ ...toleration })) }),
  };
}

const provisionOf = ({ name }: NodeProps) => `${name}-provision-location`;

/** A volume that files are copied from, where the source is one. */
function claimOf({ name, uri = '' }: NodeProps): k8s.Volume | undefined {
  const claim = /^pvc:\/\/([^/]+)/.exec(uri)?.[1];
  return claim === undefined
    ? undefined
    : { name: `${name}-source`, persistentVolumeClaim: { claimName: claim, readOnly: true } };
}

function initializer(node: NodeProps, resources: Resources, { initializer, secretOf }: PodContext): k8s.Container {
  const { uri = '' } = node;
  const claim = claimOf(node);
  return {
    // The operator leaves a container of this name alone; its own would have no securityContext.
    name: `${node.name}-model-initializer`,
    image: initializer.reference,
    imagePullPolicy: initializer.pullPolicy,
    args: [claim ? uri.replace(/^pvc:\/\/[^/]+/, '/mnt/source') : uri, MODEL_PATH],
    env: [
      { name: 'HOME', value: '/tmp' },
      // rclone does not read it: other files at the same place are to start new pods.
      ...(node.version ? [{ name: 'MODEL_DIGEST', value: node.version.digest }] : []),
    ],
    ...(!claim && { envFrom: [{ secretRef: { name: secretOf(uri) } }] }),
    resources: resourceRequirements(resources),
    volumeMounts: [
      { name: provisionOf(node), mountPath: MODEL_PATH },
      { name: 'tmp', mountPath: '/tmp' },
      ...(claim ? [{ name: claim.name, mountPath: '/mnt/source', readOnly: true }] : []),
    ],
  };
}

function serverContainer(
  node: NodeProps,
  { protocol }: ModelProps,
  engine: boolean,
  placement: PlacementProps | undefined,
): k8s.Container {
  const { command, args, secrets } = node.container;
  const ports = serverPorts(node, engine);
  return {
    // The name of the graph node joins the two; the operator fills in a server's image from seldon-config.
    name: node.name,
    ...(node.image !== undefined && { image: node.image, imagePullPolicy: 'IfNotPresent' }),
    ...(command && { command: [...command] }),
    ...(args && { args: [...args] }),
    env: serverEnv(node, protocol),
    ...(secrets.length > 0 && { envFrom: secrets.map((name) => ({ secretRef: { name } })) }),
    ...(ports && { ports }),
    ...probes(node, protocol),
    resources: withGpus(node.resources, placement),
    volumeMounts: [
      ...(node.uri === undefined ? [] : [{ name: provisionOf(node), mountPath: MODEL_PATH, readOnly: true }]),
      { name: 'tmp', mountPath: '/tmp' },
      ...node.container.volumes.map(({ path }, index) => ({
        name: `${node.name}-volume-${index}`,
        mountPath: path,
        readOnly: true,
      })),
    ],
  };
}

/** A device cannot be shared, so that its limit is its request. */
function withGpus(resources: Resources, placement: PlacementProps | undefined): k8s.ResourceRequirements {
  if (!placement || placement.gpus === 0) return resourceRequirements(resources);
  const { requests, limits } = resources;
  return resourceRequirements({ requests, limits: { ...limits, [placement.gpuResource]: String(placement.gpus) } });
}

function ownVolumes(node: NodeProps): k8s.Volume[] {
  return node.container.volumes.map(({ secret, configMap, claim }, index) => ({
    name: `${node.name}-volume-${index}`,
    ...(secret !== undefined && { secret: { secretName: secret } }),
    ...(configMap !== undefined && { configMap: { name: configMap } }),
    ...(claim !== undefined && { persistentVolumeClaim: { claimName: claim, readOnly: true } }),
  }));
}
