/** The composition root: which components an environment has, and what each is given of the others. */
import { App } from 'cdk8s';
import { Certificates } from './certificates/certificates';
import type { CertificateIssuer } from './certificates/issuer';
import type { PlatformConfig } from './config';
import { type DeliveryFile, deliveryFiles } from './delivery/delivery';
import type { Form } from './frontend/form';
import { Frontend } from './frontend/frontend';
import type { Component, ComponentFile } from './lib/component';
import { inCluster, type Peer } from './lib/endpoint';
import { HIGH_UID } from './lib/high-uids';
import type { RequiredSecret } from './lib/secret';
import type { Stage } from './lib/stages';
import { loggingOf } from './logging/config';
import { MODELS_SERVICE_ACCOUNT, Models } from './models/models';
import { scrapingOf } from './monitoring/config';
import type { PlatformNamespace } from './namespaces/namespaces';
import { accessParts, modelPeers, modelsGateway } from './parts/access';
import { partsOfDatabase } from './parts/database';
import { partsOfModels } from './parts/models';
import { monitoringParts } from './parts/monitoring';
import { requestLogParts } from './parts/request-log';
import { secretParts } from './parts/secrets';
import { namespacesOf, setUp } from './parts/set-up';
import { partsOfStore } from './parts/store';
import { partsOfTeams } from './parts/teams';
import { partsOfTracking } from './parts/tracking';
import { finisher } from './rendering/finisher';
import { imagesFor } from './rendering/images-of';
import { SeldonOperator } from './seldon/operator';
import { teamNamespaces } from './teams/config';
import { collectorOf } from './tracing/config';

export interface Platform {
  readonly environment: string;
  readonly components: readonly Component[];
  /** The namespaces, each with its Pod Security level. */
  readonly namespaces: readonly PlatformNamespace[];
  /** Every Secret that must exist before the platform starts. */
  readonly secrets: readonly RequiredSecret[];
  /** What Argo CD and Flux deploy the environment by, where it asks for that; no part of the environment itself. */
  readonly delivery: readonly DeliveryFile[];
  /** A file of a component as it is written: with what the environment adds to every object, and its patches. */
  readonly finish: (file: ComponentFile) => ComponentFile;
}

/** Wires one environment. Pure: the same configuration gives the same objects. */
export function composePlatform(config: PlatformConfig): Platform {
  const app = new App();
  const { pullSecret } = config.images;
  const names = config.namespaces;
  const monitoring = scrapingOf(config);
  const images = imagesFor(config);

  const authority = when(config.certificates.kind === 'own', () => new Certificates(app, config.certificates));
  const issuer = issuerOf(config, authority[0]);
  const store = partsOfStore(app, config, { images, issuer });
  const { buckets } = store;
  const database = partsOfDatabase(app, config, { images, issuer, backups: buckets.backups });
  const tracking = partsOfTracking(app, config, {
    images,
    database: database.mlflow,
    artifacts: buckets.readWrite,
  });
  const seldonOperator = new SeldonOperator(app, {
    namespace: names.seldon,
    modelsNamespaces: [names.models, ...teamNamespaces(config)],
    images,
    pullSecret,
    modelsServiceAccount: MODELS_SERVICE_ACCOUNT,
    containerUser: containerUserOf(config),
    apiServerPorts: config.networkPolicies.apiServer.ports,
    monitoring,
    logging: loggingOf(config, 'seldon'),
    ...config.seldon,
  });
  const requestLog = requestLogParts(app, config, { images, buckets });
  const shared = {
    controllerId: config.seldon.controllerId,
    images,
    pullPolicy: config.images.pullPolicy,
    pullSecret,
    clients: modelClients(config),
    monitoring,
    logging: loggingOf(config, 'models'),
    collector: collectorOf(config),
    streamed: true,
  };
  const models = new Models(app, {
    ...shared,
    namespace: names.models,
    store: buckets.readOnly,
    requestLog: requestLog.endpoints.get(names.models),
    serviceAccount: config.objectStore.kind === 'external' ? config.objectStore.modelsServiceAccount : undefined,
    models: config.models.filter(({ team }) => team === undefined),
    stores: config.modelStores,
    gateway: modelsGateway(config),
  });
  // Further stores have Secrets in the namespace of the platform's own models alone.
  const teams = partsOfTeams(app, config, {
    buckets,
    requestLogs: requestLog.endpoints,
    shared: { ...shared, stores: {} },
  });
  const besideModels = partsOfModels(app, config, { images, models, teams: teams.models, buckets, tracking });
  const frontend = when(
    config.frontend.enabled,
    () =>
      new Frontend(app, {
        namespace: names.frontend,
        image: images.frontend,
        pullSecret,
        ...config.frontend,
        monitoring,
        logging: loggingOf(config, 'frontend'),
        model: models.endpoint(config.frontend.model),
        form: formOf(config),
      }),
  );
  const parts: Component[] = [
    ...authority,
    seldonOperator,
    ...database.components,
    ...store.components,
    ...tracking.components,
    ...requestLog.components,
    models,
    ...teams.components,
    ...besideModels,
    ...frontend,
    ...accessParts(app, config, {
      images,
      exposable: {
        mlflow: tracking.endpoint,
        frontend: frontend[0]?.endpoint,
        console: store.page,
        s3: inCluster(buckets.readWrite.endpoint),
      },
    }),
  ];
  const namespaces = namespacesOf(config, models.podSecurity, teams.namespaces);
  const measured = [
    ...parts,
    ...monitoringParts(app, config, parts, { images, issuer, namespaces: namespaces.map(({ name }) => name) }),
  ];
  const secrets = measured.flatMap((component) => component.secrets);
  const workloads = [...measured, ...secretParts(app, config, secrets)];
  const finish = finisher(config, images);
  const components = [...setUp(app, config, namespaces, workloads, finish), ...workloads];
  return {
    environment: config.environment,
    components,
    delivery: deliveryFiles(app, config, stagesOf(components, config)),
    namespaces,
    secrets,
    finish,
  };
}

/** The user of containers that the operator adds to the pods of models. */
export function containerUserOf({ podSecurity: { uids } }: Pick<PlatformConfig, 'podSecurity'>) {
  if (uids === 'high') return HIGH_UID;
  return uids === 'assigned' ? uids : undefined;
}

/** The stages that an environment has files in. */
const stagesOf = (components: readonly Component[], { models }: PlatformConfig): ReadonlySet<Stage> =>
  new Set([...components.map(({ stage }) => stage), ...(models.length > 0 ? (['50-models'] as const) : [])]);

/** A component that an environment may leave out. */
const when = <C extends Component>(enabled: boolean, make: () => C): C[] => (enabled ? [make()] : []);

/** Who signs the certificates of servers; nobody where they have none. */
function issuerOf({ certificates }: PlatformConfig, own: Certificates | undefined): CertificateIssuer | undefined {
  return certificates.kind === 'issuer' ? { kind: 'ClusterIssuer', name: certificates.name } : own?.issuer;
}

/** Every object of a platform, as it is written. */
export function* objectsOf({ components, finish }: Platform): Iterable<unknown> {
  for (const component of components) {
    for (const file of component.files()) yield* finish(file).objects;
  }
}

/** The form of the model that the front end asks. */
function formOf({ models, frontend }: PlatformConfig): Form {
  const form = models.find(({ name }) => name === frontend.model)?.form;
  if (!form) throw new Error(`nobody knows the columns of the model ${frontend.model}`);
  return form;
}

/** Those outside the platform who call models: those that the environment lists, and those of its ingress controllers. */
function modelClients({ networkPolicies, seldon, access }: PlatformConfig): Peer[] {
  const { istio, ambassador } = seldon;
  const namespaces = new Set([
    ...networkPolicies.clients.models,
    ...(istio.enabled ? istio.gateway.split('/').slice(0, 1) : []),
    ...(ambassador.enabled ? [ambassador.namespace] : []),
  ]);
  const listed = [...namespaces].map((name): Peer => ({ kind: 'namespace', name }));
  return [...listed, ...modelPeers(access).filter((peer) => peer.kind !== 'namespace' || !namespaces.has(peer.name))];
}
