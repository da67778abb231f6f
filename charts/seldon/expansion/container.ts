/**
 * What the operator adds to a container of a graph.
 *
 * Source: createContainerService in operator/controllers/seldondeployment_controller.go, and
 * seldondeployment_prepackaged_servers.go, Seldon Core.
 */

import type { Images } from '../../images/resolve';
import type { k8s } from '../../lib/k8s';
import { serverImage } from '../../models/image';
import { hasProxy, TENSORFLOW_PORTS, TENSORFLOW_SERVING } from '../contract';
import { operatorArgs, operatorEnv } from './env';
import { INFO_MOUNT } from './executor';
import type { ExpandedPredictor } from './predictor';
import { unitsOf } from './seldon-json';
import { tensorflowArgs } from './tensorflow';

/** A container as the operator completes it: what it says itself, stays. */
export function operatorContainer(container: k8s.Container, predictor: ExpandedPredictor): k8s.Container {
  const { owner, json, podLabels, images, protocol } = predictor;
  const unit = predictor.unitOf(container.name);
  if (!unit) {
    const node = unitsOf(json.graph).find(({ implementation }) => hasProxy(implementation, protocol));
    return node && container.name === TENSORFLOW_SERVING ? besideProxy(container, node.name, images) : container;
  }
  const { implementation } = unit;
  const ports = predictor.portsOf(container.name);
  const image = container.image ?? (images && serverImage(images, implementation ?? '', protocol).reference);
  const env = operatorEnv({
    deployment: owner.metadata.name,
    namespace: owner.metadata.namespace ?? '',
    predictor: json.name,
    labels: podLabels,
    unit,
    // The image of this one is put in later.
    image: implementation !== undefined && protocol === 'tensorflow' ? undefined : image,
    protocol,
    ports,
  });
  const said = new Set((container.env ?? []).map(({ name }) => name));
  // The operator's own list for these servers has no metrics port.
  const { metrics, ...served } = ports;
  const open = implementation !== undefined && protocol === 'v2' ? served : { ...served, metrics };
  return {
    ...container,
    image,
    imagePullPolicy: container.imagePullPolicy ?? 'IfNotPresent',
    ...(!container.args && { args: operatorArgs(unit, protocol, ports) }),
    ports: Object.entries(open).map(([name, containerPort]) => ({ name, containerPort })),
    env: [...(container.env ?? []), ...env.filter(({ name }) => !said.has(name))],
    volumeMounts: [...(container.volumeMounts ?? []), INFO_MOUNT],
    lifecycle: container.lifecycle ?? { preStop: { exec: { command: ['/bin/sh', '-c', '/bin/sleep 10'] } } },
  };
}

function besideProxy(container: k8s.Container, node: string, images: Images | undefined): k8s.Container {
  return {
    ...container,
    image: images?.tensorflowServing.reference,
    args: tensorflowArgs(node, TENSORFLOW_PORTS),
    ports: Object.values(TENSORFLOW_PORTS).map((containerPort) => ({ containerPort })),
  };
}
