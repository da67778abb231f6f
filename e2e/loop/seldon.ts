/** The pod that Seldon's operator makes of a SeldonDeployment without an engine, with the images of seldon-config. */
import type { k8s } from '../../charts/lib/k8s';
import { expand } from '../../charts/seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../../charts/seldon/expansion/seldon-json';
import type { Manifests, PodTemplate } from './manifests';

interface ServerConfig {
  readonly protocols: Readonly<Record<string, { readonly image: string; readonly defaultImageVersion: string }>>;
}

/** @param shared the address that it listens at alone, where its pod has no network of its own */
export function modelPod(manifests: Manifests, deployment: SeldonDeploymentJson, shared?: string): PodTemplate {
  const { name, namespace = '' } = deployment.metadata;
  const [predictor] = deployment.spec.predictors;
  const made = expand(deployment).find(({ kind }) => kind === 'Deployment');
  if (!predictor || !made) throw new Error(`${name} has no predictor`);
  const { metadata, spec } = (made.spec as { readonly template: Pick<PodTemplate, 'metadata' | 'spec'> }).template;
  const servers = JSON.parse(manifests.data('ConfigMap', 'seldon-system', 'seldon-config').predictor_servers ?? '{}');
  const config = servers[predictor.graph.implementation ?? ''] as ServerConfig;
  const image = config.protocols[deployment.spec.protocol ?? ''];
  const containers = spec.containers.map((container) => ({
    ...container,
    image: `${image?.image}:${image?.defaultImageVersion}`,
    env: [...(container.env ?? []), ...(shared === undefined ? [] : listeningAt(shared))],
  }));
  return { name, namespace, ...(metadata && { metadata }), spec: { ...spec, containers } };
}

/** Not the operator's: where pods share one network, every model listens on the same ports. */
const listeningAt = (address: string): k8s.EnvVar[] => [
  { name: 'MLSERVER_HOST', value: address },
  { name: 'MLSERVER_METRICS_ENDPOINT', value: '' },
];
