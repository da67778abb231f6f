/** The rules that need the settings of several components. A component's own rules are in its config.ts. */
import { longestGap } from '../../config/cron';
import type { Fault } from '../../config/problems';
import type { PlatformSettings } from '../config';
import { defaultPermissionFor } from '../mlflow/auth/permissions';
import { leastConnections } from '../mlflow/pool';
import { bucketFaults } from '../postgresql/backup/config';
import { applicationConnections, maxConnectionsFor } from '../postgresql/connections';
import { logStoreFaults } from '../request-log/config';
import { teamFaults } from '../teams/config';
import { exposureFaults, passwordFaults } from './access-rules';
import { teamCallersFaults, teamHostFaults } from './team-rules';

/** What is wrong with the settings of components that use each other. */
export function settingsFaults(settings: PlatformSettings): Fault[] {
  return [
    ...connectionFaults(settings),
    ...backupFaults(settings),
    ...backupAgeFaults(settings),
    ...certificateFaults(settings),
    ...placeFaults(settings),
    ...exposureFaults(settings),
    ...passwordFaults(settings),
    ...publishingFaults(settings),
    ...teamFaults(settings),
    ...teamHostFaults(settings),
    ...teamCallersFaults(settings),
    ...sopsFaults(settings),
    ...requestLogFaults(settings),
  ];
}

/** Copies of dumps that have no place, or are gone before the next. */
function backupFaults({ postgresql, objectStore }: PlatformSettings): Fault[] {
  if (postgresql.kind !== 'embedded') return [];
  return bucketFaults(postgresql.backup, objectStore.backups).map(({ path, message }) => ({
    path: ['postgresql', 'backup', ...path],
    message,
  }));
}

/** Good copies that would be too old before the next is made. */
function backupAgeFaults({ monitoring, postgresql, objectStore }: PlatformSettings): Fault[] {
  if (!monitoring.enabled) return [];
  if (monitoring.stack === 'external' && monitoring.kind !== 'operator') return [];
  const backup = postgresql.kind !== 'external' && postgresql.backup.enabled ? postgresql.backup : undefined;
  const schedules = {
    'postgresql.backup.schedule': backup?.schedule,
    'objectStore.mirror.schedule': objectStore.mirror?.schedule,
  };
  return Object.entries(schedules).flatMap(([name, schedule]) => {
    const hours = Math.ceil((schedule === undefined ? 0 : (longestGap(schedule) ?? 0)) / 60);
    if (monitoring.backupAge > hours) return [];
    const message = `is ${monitoring.backupAge}, and ${name}: "${schedule}" leaves up to ${hours} hours between copies, so that good ones would be too old; make it at least ${hours + 1}`;
    return [{ path: ['monitoring', 'backupAge'], message }];
  });
}

/** Processes that would ask the database for more connections than it has. */
function connectionFaults({ mlflow: { replicas, workers, auth }, postgresql }: PlatformSettings): Fault[] {
  const { kind, maxConnections } = postgresql;
  const least = leastConnections({ replicas, workers, users: auth === 'basic' });
  if (applicationConnections(postgresql) >= least) return [];
  return [
    {
      path: ['postgresql', 'maxConnections'],
      message: `is ${maxConnections}, too few for mlflow.replicas: ${replicas} with mlflow.workers: ${workers}, which need ${least} during an update; make it at least ${maxConnectionsFor(kind, least)}`,
    },
  ];
}

/** Servers whose certificates nobody would sign. */
function certificateFaults({ certificates, postgresql, objectStore }: PlatformSettings): Fault[] {
  if (certificates.kind !== 'none') return [];
  const remedy = 'set certificates.kind: own, or issuer where the cluster has one';
  const unsigned = `is true, and nobody signs the certificate; ${remedy}`;
  return [
    ...(postgresql.kind === 'cloudNativePg'
      ? [
          {
            path: ['postgresql', 'kind'],
            message: `is cloudNativePg, whose instances need certificates that MLflow can check; ${remedy}`,
          },
        ]
      : []),
    ...(postgresql.kind === 'embedded' && postgresql.tls ? [{ path: ['postgresql', 'tls'], message: unsigned }] : []),
    ...(objectStore.kind !== 'external' && objectStore.tls
      ? [{ path: ['objectStore', 'tls'], message: unsigned }]
      : []),
  ];
}

/** Copies that would be lost with what they are copies of. */
function placeFaults({ objectStore, postgresql, namespaces }: PlatformSettings): Fault[] {
  if (objectStore.kind === 'external') return [];
  const isOwn = (endpoint: string) => new URL(endpoint).hostname.split('.')[1] === namespaces.objectStore;
  const store = postgresql.kind === 'embedded' ? postgresql.backup.store : undefined;
  const mirror = (endpoint: string) =>
    `is ${endpoint}, the namespace of this very store; name a place that is not lost with it, such as "https://s3.eu-west-1.amazonaws.com"`;
  const dumps = (endpoint: string) =>
    `is ${endpoint}, the platform's own store, whose users it makes itself; set postgresql.backup.bucket.enabled: true in place of store`;
  return [
    ...(objectStore.mirror && isOwn(objectStore.mirror.endpoint)
      ? [{ path: ['objectStore', 'mirror', 'endpoint'], message: mirror(objectStore.mirror.endpoint) }]
      : []),
    ...(store && isOwn(store.endpoint)
      ? [{ path: ['postgresql', 'backup', 'store', 'endpoint'], message: dumps(store.endpoint) }]
      : []),
  ];
}

/** A log that others would read, or that the store has no room for. */
const requestLogFaults = ({ requestLog, objectStore }: PlatformSettings): Fault[] =>
  logStoreFaults(requestLog, objectStore).map(({ path, message }) => ({ path: ['requestLog', ...path], message }));

/** Encrypted Secrets that nobody would decrypt. */
function sopsFaults({ secrets: { backend }, delivery }: PlatformSettings): Fault[] {
  if (backend !== 'sops' || delivery.flux) return [];
  const message =
    'is sops, which Flux decrypts; say where Flux reads dist/ from, such as delivery: {flux: {source: {url: "https://git.example.com/team/platform.git"}}}';
  return [{ path: ['secrets', 'backend'], message }];
}

/** A Job that may not do what it is for: files beside those of experiments are nobody's, and the default decides. */
function publishingFaults({ training, teams, mlflow }: PlatformSettings): Fault[] {
  const { auth, defaultPermission = defaultPermissionFor(teams) } = mlflow;
  if (!training.enabled || auth === 'none' || ['EDIT', 'MANAGE'].includes(defaultPermission)) return [];
  const message = `is true, and the Job publishes models beside experiments, which mlflow.defaultPermission: ${defaultPermission} lets administrators do alone; set mlflow.defaultPermission: EDIT, or remove this`;
  return [{ path: ['training', 'enabled'], message }];
}
