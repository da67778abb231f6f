/** Renders platforms to the files of dist/. */
import { type Capacity, capacityOf, sum } from './capacity';
import type { PlatformConfig } from './config';
import { toYaml } from './lib/yaml';
import { picture } from './picture/picture';
import { type Workload, workloadOf } from './picture/workloads';
import { composePlatform, type Platform } from './platform';

/** The first line of each file: the same for all environments, so that files with equal objects are equal. */
const HEADER = '# Rendered from environments/ by "ml-platform synth"; do not edit.\n';

/** A file of dist/. */
export interface RenderedFile {
  /** Path below dist/, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** What was rendered of one environment. */
export interface Summary {
  readonly environment: string;
  readonly objects: number;
  readonly models: number;
  readonly requests: Capacity;
}

/**
 * The files of these environments, one at a time, so that no more than one component's text is in memory. The platforms
 * are composed at once: what takes long and cannot be interrupted is over before the first file is written.
 *
 * @param done called after the last file of each environment
 */
export function renderEnvironments(
  configs: readonly PlatformConfig[],
  done: (summary: Summary) => void = () => {},
): Iterable<RenderedFile> {
  const composed = configs.map((config) => ({ config, platform: composePlatform(config) }));
  return (function* () {
    for (const { config, platform } of composed) yield* renderEnvironment(config, platform, done);
  })();
}

function* renderEnvironment(
  config: PlatformConfig,
  platform: Platform,
  done: (summary: Summary) => void,
): Iterable<RenderedFile> {
  const root = config.environment;
  const paths: string[] = [];
  const capacities: Capacity[] = [];
  const workloads: Workload[] = [];
  let objects = 0;
  for (const component of platform.components) {
    for (const made of component.files()) {
      const file = platform.finish(made);
      capacities.push(sum(file.objects.map(capacityOf)));
      objects += file.objects.length;
      workloads.push(...file.objects.flatMap(workloadOf));
      const path = `${file.stage}/${file.name}.yaml`;
      paths.push(path);
      yield { path: `${root}/${path}`, text: HEADER + toYaml(file.objects) };
    }
  }
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: paths.sort(),
  };
  yield { path: `${root}/kustomization.yaml`, text: HEADER + toYaml([kustomization]) };
  yield {
    path: `${root}/platform.svg`,
    text: picture({
      ...platform,
      workloads,
      models: modelsOf(config),
      hosts: hostsOf(config),
      policies: config.networkPolicies.enabled,
    }),
  };
  done({ environment: root, objects, models: config.models.length, requests: sum(capacities) });
}

/** What a picture says of each model: its name, and what serves it. */
const modelsOf = ({ models }: PlatformConfig) =>
  models.map(({ name, predictors }) => {
    const { server, image, children = [] } = predictors[0]?.graph ?? {};
    return { name, server: children.length > 0 ? 'graph' : (server ?? image ?? '') };
  });

/** The host names at which the Gateway answers for the models. */
const hostsOf = ({ gateway }: PlatformConfig) => (gateway.enabled ? { [gateway.namespace]: gateway.hostnames } : {});
