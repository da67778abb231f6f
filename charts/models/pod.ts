/** The pod of a predictor: a container for each node of its graph, and one that fetches the files of each. */
import { k8s } from 'cdk8s-plus-27';
import { type Resources, resourceRequirements } from '../lib/container';
import type { Image } from '../lib/image';
import { podBase } from '../lib/pod';
import { restrictedContainer } from '../lib/security';
import { scratchVolume } from '../lib/volumes';
import { hasProxy, loaderOf, TENSORFLOW_SERVING } from './containers';
import {
  type ModelProps,
  type NodeProps,
  nodesOf,
  type PlacementProps,
  type PredictorProps,
  type Protocol,
} from './props';
import { MODEL_PATH, probes, serverEnv, serverPorts, userOf } from './server';
import { TENSORFLOW_PORTS } from './tensorflow';

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
        ...initializer(node, model, context),
        securityContext: restrictedContainer(uid),
      })),
    }),
    containers: nodes.flatMap((node, index) =>
      containersOf(node, model, predictor.engine, index === 0 ? placement : undefined).map((container) => ({
        ...container,
        securityContext: restrictedContainer(userOf(node, protocol)),
      })),
    ),
    volumes: [
      ...loading.map((node) => scratchVolume(provisionOf(node, protocol), '2Gi')),
      scratchVolume('tmp', '512Mi'),
      ...nodes.flatMap(ownVolumes),
      ...loading.flatMap((node) => claimOf(node) ?? []),
    ],
  };
}

const TMP = { name: 'tmp', mountPath: '/tmp' };

/** A Python process that passes requests on. */
const PROXY_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
  limits: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '256Mi' },
};

function placed({ nodeSelector, tolerations }: PlacementProps): Partial<k8s.PodSpec> {
  return {
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector: { ...nodeSelector } }),
    ...(tolerations.length > 0 && { tolerations: tolerations.map((toleration) => ({ ...toleration })) }),
  };
}

const provisionOf = (node: NodeProps, protocol: Protocol) => `${loaderOf(node, protocol)}-provision-location`;

/** A volume that files are copied from, where the source is one. */
function claimOf({ name, uri = '' }: NodeProps): k8s.Volume | undefined {
  const claim = /^pvc:\/\/([^/]+)/.exec(uri)?.[1];
  return claim === undefined
    ? undefined
    : { name: `${name}-source`, persistentVolumeClaim: { claimName: claim, readOnly: true } };
}

function initializer(
  node: NodeProps,
  { protocol, initializerResources }: ModelProps,
  { initializer, secretOf }: PodContext,
): k8s.Container {
  const { uri = '' } = node;
  const claim = claimOf(node);
  return {
    // The operator leaves a container of this name alone; its own would have no securityContext.
    name: `${loaderOf(node, protocol)}-model-initializer`,
    image: initializer.reference,
    imagePullPolicy: initializer.pullPolicy,
    args: [claim ? uri.replace(/^pvc:\/\/[^/]+/, '/mnt/source') : uri, MODEL_PATH],
    env: [
      { name: 'HOME', value: '/tmp' },
      // rclone does not read it: other files at the same place are to start new pods.
      ...(node.version ? [{ name: 'MODEL_DIGEST', value: node.version.digest }] : []),
    ],
    ...(!claim && { envFrom: [{ secretRef: { name: secretOf(uri) } }] }),
    resources: resourceRequirements(initializerResources),
    volumeMounts: [
      { name: provisionOf(node, protocol), mountPath: MODEL_PATH },
      TMP,
      ...(claim ? [{ name: claim.name, mountPath: '/mnt/source', readOnly: true }] : []),
    ],
  };
}

/** What runs in a node: a server with its files, or a proxy and TensorFlow Serving with them. */
function containersOf(
  node: NodeProps,
  { protocol }: ModelProps,
  engine: boolean,
  placement: PlacementProps | undefined,
): k8s.Container[] {
  const own = serverContainer(node, protocol, engine);
  const files = { name: provisionOf(node, protocol), mountPath: MODEL_PATH, readOnly: true };
  const resources = withGpus(node.resources, placement);
  if (!hasProxy(node.server, protocol)) {
    const volumeMounts = [...(node.uri === undefined ? [] : [files]), ...own.volumeMounts];
    return [{ ...own, resources, volumeMounts }];
  }
  return [
    { ...own, resources: resourceRequirements(PROXY_RESOURCES) },
    {
      // The operator fills in what an existing container of this name lacks; its own would have no securityContext.
      name: TENSORFLOW_SERVING,
      env: [{ name: 'HOME', value: '/tmp' }],
      ...probes(node, protocol, k8s.IntOrString.fromNumber(TENSORFLOW_PORTS.http)),
      resources,
      volumeMounts: [files, TMP],
    },
  ];
}

/** What a container has whatever its size. */
function serverContainer(node: NodeProps, protocol: Protocol, engine: boolean) {
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
    volumeMounts: [
      TMP,
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
