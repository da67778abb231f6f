import type { PlatformConfig } from '../../../charts/config';
import type { WorkloadSettings } from '../../../charts/lib/workload-settings';
import { nodesOf } from '../../../charts/models/node';

/** Objects that the files of an environment name, and that its owner makes. */
export interface Brought {
  /** Secrets that variables of components name, each in the namespace of its component. */
  readonly settingsSecrets: readonly string[];
  // The others are in the models' namespace.
  readonly secrets: readonly string[];
  readonly configMaps: readonly string[];
  /** Where the authorities of a database, of stores outside and of an issuer are, each in the namespace of its client. */
  readonly authorities: { readonly secrets: readonly string[]; readonly configMaps: readonly string[] };
  readonly claims: readonly string[];
}

export const NOTHING_BROUGHT: Brought = {
  settingsSecrets: [],
  secrets: [],
  configMaps: [],
  authorities: { secrets: [], configMaps: [] },
  claims: [],
};

/** What the model files and the model stores of an environment name. */
export function broughtBy({ models, modelStores, ...settings }: PlatformConfig): Brought {
  const nodes = models.flatMap(({ predictors }) => predictors).flatMap(({ graph }) => nodesOf(graph));
  const bundles = models.flatMap(({ caBundle }) => caBundle ?? []);
  const volumes = [...nodes.flatMap(({ container }) => container.volumes), ...bundles];
  const { postgresql, objectStore, access } = settings;
  const outside = [postgresql, objectStore].flatMap((section) => (section.kind === 'external' ? [section] : []));
  const places = [
    ...outside,
    ...(objectStore.mirror ? [objectStore.mirror] : []),
    ...(access.signIn ? [access.signIn] : []),
  ];
  const authorities = places.flatMap(({ authority }) => (authority ? [authority] : []));
  return {
    authorities: {
      secrets: authorities.flatMap(({ secret }) => secret ?? []),
      configMaps: authorities.flatMap(({ configMap }) => configMap ?? []),
    },
    settingsSecrets: [
      ...Object.values(settings),
      ...models.flatMap(({ batch, detector, quality }) => [batch, detector, quality]),
    ].flatMap(secretsOfVariables),
    secrets: [
      ...Object.values(modelStores).map(({ secret }) => secret),
      ...nodes.flatMap(({ container }) => container.secrets),
      ...volumes.flatMap(({ secret }) => secret ?? []),
      ...nodes.flatMap(({ container }) => secretsOfVariables(container)),
    ],
    configMaps: [
      ...volumes.flatMap(({ configMap }) => configMap ?? []),
      ...nodes.flatMap(({ container }) => configMapsOfVariables(container)),
    ],
    claims: [
      ...nodes.flatMap(({ container }) => container.volumes).flatMap(({ claim }) => claim ?? []),
      // A model's files may lie on a volume.
      ...nodes.flatMap(({ uri = '' }) => /^pvc:\/\/([^/]+)/.exec(uri)?.[1] ?? []),
    ],
  };
}

function configMapsOfVariables({ env }: WorkloadSettings): string[] {
  return Object.values(env ?? {}).flatMap((value) =>
    typeof value === 'object' && 'configMap' in value ? value.configMap : [],
  );
}

function secretsOfVariables(section: unknown): string[] {
  const { env = {} } = (typeof section === 'object' ? section : {}) as WorkloadSettings;
  return Object.values(env).flatMap((value) => (typeof value === 'object' && 'secret' in value ? value.secret : []));
}
