/** The pod of a predictor: a container for each node of its graph, and one that fetches the files of each. */

import { type Resources, resourceRequirements } from '../lib/container';
import { limitScratch, podDisk } from '../lib/disk';
import { k8s } from '../lib/k8s';
import { podBase } from '../lib/pod';
import { restrictedContainer } from '../lib/security';
import { scratchVolume } from '../lib/volumes';
import { hasProxy, TENSORFLOW_PORTS, TENSORFLOW_SERVING } from '../seldon/contract';
import { caVolume, trusting } from './ca-bundle';
import { podsOf } from './endpoint';
import { fileMount, fileVolume, initializer, sourceVolume, TMP } from './files';
import { type NodeProps, nodesWithContainer } from './node';
import { placed, withGpus } from './placement';
import type { ModelProps, PredictorProps } from './props';
import { mostPods } from './scaling';
import { ownVolumes, probes, type ServerSettings, serverContainer, userOf, writtenVolumes } from './server';
import { loggingVariables } from './server-logging';
import { accountOf, type ServingProps } from './serving';
import { serverTracing } from './tracing';

/**
 * The pod of a predictor as the operator takes it over, without the executor.
 *
 * Before 1.17.1 the operator replaces the securityContext of the pod by one with a user alone (createDeploymentWithoutEngine
 * of seldondeployment_controller.go). So each container says all that Pod Security "restricted" asks for, and no file is
 * readable for a group alone.
 */
export function predictorPod(model: ModelProps, predictor: PredictorProps, serving: ServingProps): k8s.PodSpec {
  const { protocol, placement } = model;
  const nodes = nodesWithContainer(predictor.graph);
  const loading = nodes.filter(({ uri }) => uri !== undefined);
  const [root] = nodes;
  const uid = root ? userOf(root, protocol) : 0;
  const initContainers = loading.map((node) => ({
    ...trusting(initializer(node, model, serving), model.caBundle),
    securityContext: restrictedContainer(uid),
  }));
  const containers = nodes.flatMap((node) => {
    const resources = withGpus(node.resources, node.gpus ?? 0, placement);
    const securityContext = restrictedContainer(userOf(node, protocol));
    const settings = { pullPolicy: serving.pullPolicy, variables: variablesOf(node, model, predictor, serving) };
    return containersOf(node, model, predictor.engine, resources, settings).map((container) => ({
      ...trusting(container, model.caBundle),
      securityContext,
    }));
  });
  const volumes = [
    ...loading.map((node) => fileVolume(node, protocol)),
    scratchVolume(TMP.name),
    ...nodes.flatMap((node) => [...writtenVolumes(node, protocol), ...ownVolumes(node)]),
    ...(model.caBundle ? [caVolume(model.caBundle)] : []),
    ...loading.flatMap((node) => sourceVolume(node) ?? []),
    ...new Set(loading.flatMap(({ uri = '' }) => serving.authorityOf?.(uri) ?? [])),
  ];
  return {
    ...podBase({ serviceAccountName: accountOf(model, serving), uid, pullSecret: serving.pullSecret }),
    // The ten seconds of the preStop hook that the operator adds are part of these.
    terminationGracePeriodSeconds: 30,
    ...placed(placement, podsOf(model, serving.namespace), mostPods(model, predictor)),
    ...(initContainers.length > 0 && { initContainers }),
    containers,
    volumes: limitScratch(volumes, podDisk(containers, initContainers)),
  };
}

/** What the server of a node is told of logs and traces. */
const variablesOf = (node: NodeProps, model: ModelProps, predictor: PredictorProps, serving: ServingProps) => ({
  ...loggingVariables(node, model.protocol, serving.logging),
  ...serverTracing(node, model, predictor, serving.collector),
});

/** The proxy is a Python process that passes requests on. */
const PROXY_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
  limits: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '256Mi' },
};

/** What runs in a node: a server with its files, or a proxy and TensorFlow Serving with them. */
function containersOf(
  node: NodeProps,
  { protocol }: ModelProps,
  engine: boolean,
  resources: k8s.ResourceRequirements,
  settings: ServerSettings,
): k8s.Container[] {
  const { pullPolicy } = settings;
  const own = serverContainer(node, protocol, engine, settings);
  const files = fileMount(node, protocol);
  if (!hasProxy(node.server, protocol)) {
    const volumeMounts = [...(node.uri === undefined ? [] : [files]), TMP, ...own.volumeMounts];
    return [{ ...own, resources, volumeMounts }];
  }
  return [
    { ...own, resources: resourceRequirements(PROXY_RESOURCES), volumeMounts: [TMP, ...own.volumeMounts] },
    {
      // The operator completes a container of this name. The one that it would add has no securityContext.
      name: TENSORFLOW_SERVING,
      ...(pullPolicy && { imagePullPolicy: pullPolicy }),
      env: [{ name: 'HOME', value: '/tmp' }],
      ...probes(node, protocol, k8s.IntOrString.fromNumber(TENSORFLOW_PORTS.http)),
      resources,
      volumeMounts: [files, TMP],
    },
  ];
}
