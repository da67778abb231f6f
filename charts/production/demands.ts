/** What production is refused for, unless the environment says why it does without. */
import type { Fault } from '../../config/problems';
import type { PlatformConfig, PlatformSettings } from '../config';
import type { ModelConfig } from '../models/join-lock';
import { DEMANDS, type DemandName } from './config';

/** What is wrong with the settings of an environment, by the demand. */
const OF_SETTINGS: Readonly<Record<DemandName, (settings: PlatformSettings) => Fault[]>> = {
  // Which images have none, synth says of all that it renders.
  digests: ({ images: { requireDigests } }) =>
    unless(
      requireDigests,
      ['images', 'requireDigests'],
      'is false; set true, and run "npx ml-platform images <env> --lock"',
    ),
  pulling: ({ images: { pullPolicy, overrides } }) => [
    ...unless(pullPolicy === 'Always', ['images', 'pullPolicy'], `is ${pullPolicy ?? 'IfNotPresent'}; set Always`),
    ...Object.entries(overrides).flatMap(([name, override]) =>
      unless(
        (override?.pullPolicy ?? 'Always') === 'Always',
        ['images', 'overrides', name, 'pullPolicy'],
        `is ${override?.pullPolicy}; remove it, and set images.pullPolicy: Always`,
      ),
    ),
  ],
  replicas: ({ mlflow, frontend, seldon, requestLog }) => [
    ...twoOf(['mlflow'], mlflow.replicas),
    ...(frontend.enabled ? twoOf(['frontend'], frontend.replicas) : []),
    ...(requestLog.enabled ? twoOf(['requestLog'], requestLog.replicas) : []),
    ...twoOf(['seldon'], seldon.replicas, ', and seldon.certificates: cert-manager'),
  ],
  users: ({ podSecurity: { uids } }) =>
    unless(
      uids !== 'fixed',
      ['podSecurity', 'uids'],
      'is fixed, the users of the images; set high, or assigned on OpenShift',
    ),
  quotas: ({ quotas: { enabled } }) => unless(enabled, ['quotas', 'enabled'], 'is false; set true'),
  priorities: ({ priorities: { enabled } }) => unless(enabled, ['priorities', 'enabled'], 'is false; set true'),
  policies: ({ networkPolicies: { enabled } }) => unless(enabled, ['networkPolicies', 'enabled'], 'is false; set true'),
  backups: ({ postgresql }) =>
    // Whoever runs an external database backs it up.
    unless(
      postgresql.kind === 'external' || postgresql.backup.enabled,
      ['postgresql', 'backup', 'enabled'],
      'is false; set true',
    ),
  database: ({ postgresql: { kind } }) =>
    unless(
      kind !== 'embedded',
      ['postgresql', 'kind'],
      'is embedded, one pod with one volume; set cloudNativePg or external',
    ),
  store: ({ objectStore: { kind } }) =>
    unless(
      kind !== 'embedded',
      ['objectStore', 'kind'],
      'is embedded, one pod with one volume; set distributed, seaweedfs or external',
    ),
  certificates: ({ access: { kind, tls } }) =>
    unless(
      kind === 'none' || tls !== undefined,
      ['access', 'tls'],
      'is absent; say where certificates come from, such as {issuer: letsencrypt}, or {byGateway: true} for a Gateway that is there',
    ),
  signIn: ({ access: { kind, signIn } }) =>
    unless(
      kind === 'none' || signIn !== undefined,
      ['access', 'signIn'],
      'is absent, so that everybody comes in; name an issuer of OpenID Connect and who may come in',
    ),
};

const unless = (holds: boolean, path: Fault['path'], message: string): Fault[] =>
  holds ? [] : [{ path, message: `${message}: profile is production` }];

const twoOf = (path: Fault['path'], replicas: number, more = '') =>
  unless(
    replicas >= 2,
    [...path, 'replicas'],
    `is ${replicas}, and a node that is drained would end the service; set 2 or more${more}`,
  );

/**
 * What is wrong with an environment, and with what it says it does without.
 * @param areAll whether none of its models is missing: what is accepted may be for that one
 */
export function productionFaults(config: PlatformConfig, areAll: boolean): Fault[] {
  const { profile, accepted } = config;
  const names = Object.keys(DEMANDS) as DemandName[];
  if (profile !== 'production') {
    return names
      .filter((name) => accepted[name] !== undefined)
      .map((name) => ({
        path: ['accepted', name],
        message: 'is for profile: production, which alone demands it; remove it',
      }));
  }
  return names.flatMap((name) => {
    const own = OF_SETTINGS[name](config);
    const ofModels = config.models.flatMap((model) => faultsOfModel(name, model));
    if (accepted[name] === undefined) return own;
    if (own.length + ofModels.length > 0 || !areAll) return [];
    return [{ path: ['accepted', name], message: 'is not needed any more; remove it' }];
  });
}

/** What is wrong with the file of a model. */
export function productionModelFaults(model: ModelConfig, { profile, accepted }: PlatformSettings): Fault[] {
  if (profile !== 'production') return [];
  const names = Object.keys(DEMANDS) as DemandName[];
  return names.filter((name) => accepted[name] === undefined).flatMap((name) => faultsOfModel(name, model));
}

const faultsOfModel = (name: DemandName, model: ModelConfig): Fault[] =>
  name === 'replicas' ? replicaFaults(model) : [];

/** A shadow answers nobody. */
function replicaFaults({ predictors, autoscaling, keda }: ModelConfig): Fault[] {
  if (autoscaling) return twoAtLeast(['autoscaling', 'min'], autoscaling.min);
  if (keda) return twoAtLeast(['keda', 'min'], keda.min);
  return predictors
    .filter(({ shadow }) => !shadow)
    .flatMap(({ path, replicas = 1 }) => twoAtLeast([...path, 'replicas'], replicas));
}

const twoAtLeast = (path: Fault['path'], least: number): Fault[] =>
  unless(least >= 2, path, `is ${least}, and a node that is drained would end the service; set 2 or more`);
