/** The rules that need the settings of several components. A component's own rules are in its config.ts. */

import { longestGap } from '../../config/cron';
import { type Fault, problem } from '../../config/problems';
import { PLATFORM_FILE } from '../../config/read';
import { batchPlaceFaults } from '../batch/config';
import type { PlatformSettings } from '../config';
import { defaultPermissionFor } from '../mlflow/auth/permissions';
import { leastConnections } from '../mlflow/pool';
import type { Path } from '../models/config/complete';
import { closedNamespaceFaults } from '../models/config/egress';
import type { FileOf, ModelConfig } from '../models/join-lock';
import { nodesOf } from '../models/node';
import { parseModelUri } from '../models/uri';
import { bucketFaults } from '../postgresql/backup/config';
import { applicationConnections, maxConnectionsFor } from '../postgresql/connections';
import { productionModelFaults } from '../production/demands';
import { qualityPlaceFaults } from '../quality/config';
import { allNamespaces, teamFaults, teamPrefix } from '../teams/config';
import { callerFaults, exposureFaults, passwordFaults } from './access-rules';
import { folderFaults, teamHostFaults, teamModelFaults } from './team-rules';

/** What is wrong with the settings of components that use each other. */
export function settingsFaults(settings: PlatformSettings): Fault[] {
  return [
    ...connectionFaults(settings),
    ...backupFaults(settings),
    ...backupAgeFaults(settings),
    ...certificateFaults(settings),
    ...storeCertificateFaults(settings),
    ...placeFaults(settings),
    ...exposureFaults(settings),
    ...passwordFaults(settings),
    ...publishingFaults(settings),
    ...teamFaults(settings),
    ...teamHostFaults(settings),
    ...sopsFaults(settings),
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
  if (!monitoring.enabled || (monitoring.stack === 'external' && monitoring.kind !== 'operator')) return [];
  const base =
    postgresql.kind === 'cloudNativePg' && postgresql.backup.enabled ? postgresql.backup.schedule : undefined;
  const dumps = postgresql.kind === 'embedded' && postgresql.backup.enabled ? postgresql.backup.schedule : undefined;
  const mirror = objectStore.mirror?.schedule;
  const schedules = {
    // A Prometheus of the platform's own has no series about CronJobs, which make dumps and mirror the bucket.
    'postgresql.backup.schedule': base ?? (monitoring.stack === 'external' ? dumps : undefined),
    'objectStore.mirror.schedule': monitoring.stack === 'external' ? mirror : undefined,
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
function certificateFaults({ certificates, postgresql }: PlatformSettings): Fault[] {
  if (certificates.kind !== 'none') return [];
  const remedy = 'set certificates.kind: own, or issuer where the cluster has one';
  if (postgresql.kind === 'cloudNativePg') {
    const message = `is cloudNativePg, whose instances need certificates that MLflow can check; ${remedy}`;
    return [{ path: ['postgresql', 'kind'], message }];
  }
  if (postgresql.kind !== 'embedded' || !postgresql.tls) return [];
  return [{ path: ['postgresql', 'tls'], message: `is true, and nobody signs the certificate; ${remedy}` }];
}

function storeCertificateFaults({ certificates, objectStore }: PlatformSettings): Fault[] {
  if (certificates.kind !== 'none' || objectStore.kind === 'external' || !objectStore.tls) return [];
  const message =
    'is true, and nobody signs the certificate; set certificates.kind: own, or issuer where the cluster has one';
  return [{ path: ['objectStore', 'tls'], message }];
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

/** What is wrong with the models in this environment, a line each. */
export function environmentProblems(models: readonly FileOf<ModelConfig>[], settings: PlatformSettings): string[] {
  return models.flatMap(({ origin, model }) => {
    const misplaced = folderFaults(model, settings);
    const faults = misplaced.length > 0 ? misplaced : modelFaults(model, settings);
    return faults.map(({ path, message }) => problem(origin, path, message));
  });
}

const modelFaults = (model: ModelConfig, settings: PlatformSettings): Fault[] => [
  ...uriFaults(model, settings),
  ...explainerStoreFaults(model, settings),
  ...batchPlaceFaults(model.name, model.batch, settings.objectStore.bucket),
  ...qualityPlaceFaults(model.name, model.quality, settings.objectStore.bucket),
  ...trafficFaults(model, settings),
  ...kedaFaults(model, settings),
  ...istioFaults(model, settings),
  ...tracingFaults(model, settings),
  ...egressFaults(model, settings),
  ...userFaults(model, settings),
  ...productionModelFaults(model, settings),
  ...callerFaults(model, settings),
  ...teamModelFaults(model),
];

/** Files where the models' key may not read, or where no remote leads. */
function uriFaults(model: ModelConfig, { objectStore, modelStores }: PlatformSettings): Fault[] {
  const { bucket } = objectStore;
  const remotes = Object.keys(modelStores);
  return placesOf(model).flatMap(({ path, uri }) => {
    const source = parseModelUri(uri);
    const place = model.team === undefined ? `s3://${bucket}/` : `s3://${bucket}/${teamPrefix(model.team)}/`;
    if (source?.kind === 'location' && !uri.startsWith(place)) {
      const where = model.team === undefined ? 'the bucket that models are read from' : `what ${model.team} may read`;
      return [{ path, message: `is ${uri}, outside ${where}, such as "${place}${model.name}/1"` }];
    }
    if (source?.kind === 'remote' && model.team !== undefined) {
      const message = `is ${uri}, in a store whose Secret only the platform's own models have; copy the files to "${place}${model.name}/1"`;
      return [{ path, message }];
    }
    if (source?.kind === 'remote' && !remotes.includes(source.remote)) {
      const known = remotes.length > 0 ? `; it has ${remotes.join(', ')}` : '';
      return [{ path, message: `is ${uri}, but ${PLATFORM_FILE} has no modelStores.${source.remote}${known}` }];
    }
    return [];
  });
}

/** Explainers whose files the operator's own container would fetch: it can be given no authority. */
function explainerStoreFaults({ predictors }: ModelConfig, { objectStore }: PlatformSettings): Fault[] {
  const own = objectStore.kind === 'external' ? objectStore.authority !== undefined : objectStore.tls;
  if (!own) return [];
  return predictors.flatMap(({ path, explainer }) =>
    explainer?.uri?.startsWith('s3:')
      ? [
          {
            path: [...path, 'explainer', 'uri'],
            message: `is ${explainer.uri}, in a store whose authority is its own: what fetches the files of explainers is made by Seldon's operator, and can be given none; leave uri out, or let public authorities sign for the store`,
          },
        ]
      : [],
  );
}

/** Every place that files of a model are fetched from. */
function placesOf({ predictors, detector }: ModelConfig): { readonly path: Path; readonly uri: string }[] {
  const nodes = predictors
    .flatMap(({ graph }) => nodesOf(graph))
    .map(({ path, uri }) => ({ path: [...path, 'uri'], uri }));
  const explainers = predictors.map(({ path, explainer }) => ({
    path: [...path, 'explainer', 'uri'],
    uri: explainer?.uri,
  }));
  const all = [...nodes, ...explainers, { path: ['detector', 'uri'], uri: detector?.uri }];
  return all.flatMap(({ path, uri }) => (uri === undefined ? [] : [{ path, uri }]));
}

/** Shares of the traffic that nothing would divide. */
function trafficFaults({ predictors }: ModelConfig, { seldon, access }: PlatformSettings): Fault[] {
  const isDivided = access.kind === 'gateway' && access.models.enabled;
  if (seldon.istio.enabled || seldon.ambassador.enabled || isDivided || predictors.length < 2) return [];
  return [
    {
      path: ['predictors'],
      message: `share traffic that nothing divides, since a Service leads to one predictor; set access.kind: gateway, seldon.istio.enabled or seldon.ambassador.enabled in ${PLATFORM_FILE}`,
    },
  ];
}

/** Scalers that nothing would act on. */
function kedaFaults({ keda }: ModelConfig, { seldon }: PlatformSettings): Fault[] {
  if (!keda || seldon.keda.enabled) return [];
  return [
    {
      path: ['keda'],
      message: `is ignored by the operator unless seldon.keda.enabled is true in ${PLATFORM_FILE}`,
    },
  ];
}

/** Routes that nobody would make. */
function istioFaults({ istio }: ModelConfig, { seldon }: PlatformSettings): Fault[] {
  if (!istio || seldon.istio.enabled) return [];
  return [
    {
      path: ['istio'],
      message: `is for routes that the operator makes only where seldon.istio.enabled is true in ${PLATFORM_FILE}`,
    },
  ];
}

/** Spans that would go nowhere. */
function tracingFaults({ tracing }: ModelConfig, settings: PlatformSettings): Fault[] {
  if (!tracing || settings.tracing) return [];
  const message = `has nowhere to send spans to; say in ${PLATFORM_FILE} where a collector is, such as tracing: {endpoint: "http://otel-collector.observability.svc:4317"}`;
  return [{ path: ['tracing'], message }];
}

/** Ways out that no policy at the other end lets in. */
function egressFaults({ egress, predictors, detector }: ModelConfig, settings: PlatformSettings): Fault[] {
  if (!settings.networkPolicies.enabled) return [];
  const closed = allNamespaces(settings);
  return [
    ...closedNamespaceFaults(['egress'], egress, closed),
    ...closedNamespaceFaults(['detector', 'egress'], detector?.egress, closed),
    ...predictors.flatMap(({ path, explainer }) =>
      closedNamespaceFaults([...path, 'explainer', 'egress'], explainer?.egress, closed),
    ),
  ];
}

/** Users that a cluster which assigns them would not know of. */
function userFaults({ predictors }: ModelConfig, { podSecurity }: PlatformSettings): Fault[] {
  if (podSecurity.uids !== 'assigned') return [];
  return predictors
    .flatMap(({ graph }) => nodesOf(graph))
    .flatMap(({ path, container: { uid } }) =>
      uid === undefined
        ? []
        : [
            {
              path: [...path, 'container', 'uid'],
              message: `is ${uid}, and the cluster chooses users where podSecurity.uids is assigned in ${PLATFORM_FILE}; remove it`,
            },
          ],
    );
}
