import type { PlatformConfig } from '../../../charts/config';
import { nodesOf } from '../../../charts/models/node';

/** Objects in the models' namespace that the files of an environment name, and that its owner makes. */
export interface Brought {
  readonly secrets: readonly string[];
  readonly configMaps: readonly string[];
  readonly claims: readonly string[];
}

export const NOTHING_BROUGHT: Brought = { secrets: [], configMaps: [], claims: [] };

/** What the model files and the model stores of an environment name. */
export function broughtBy({ models, modelStores }: PlatformConfig): Brought {
  const nodes = models.flatMap(({ predictors }) => predictors).flatMap(({ graph }) => nodesOf(graph));
  const bundles = models.flatMap(({ caBundle }) => caBundle ?? []);
  const volumes = [...nodes.flatMap(({ container }) => container.volumes), ...bundles];
  return {
    secrets: [
      ...Object.values(modelStores).map(({ secret }) => secret),
      ...nodes.flatMap(({ container }) => container.secrets),
      ...volumes.flatMap(({ secret }) => secret ?? []),
    ],
    configMaps: volumes.flatMap(({ configMap }) => configMap ?? []),
    claims: [
      ...nodes.flatMap(({ container }) => container.volumes).flatMap(({ claim }) => claim ?? []),
      // A model's files may lie on a volume.
      ...nodes.flatMap(({ uri = '' }) => /^pvc:\/\/([^/]+)/.exec(uri)?.[1] ?? []),
    ],
  };
}
