/** The composition root: which components an environment has, and what each is given of the others. */
import { App } from 'cdk8s';
import { Batch } from './batch/batch';
import type { PlatformConfig } from './config';
import { Detector } from './detector/detector';
import type { Form } from './frontend/form';
import { Frontend } from './frontend/frontend';
import { resolveImages } from './images/catalogue';
import { withCommonMetadata } from './lib/common-metadata';
import type { Component, ComponentFile } from './lib/component';
import type { RequiredSecret } from './lib/secret';
import { Mlflow } from './mlflow/mlflow';
import { podsOf } from './models/endpoint';
import { MODELS_SERVICE_ACCOUNT, Models } from './models/models';
import { Namespaces, type PlatformNamespace } from './namespaces/namespaces';
import { NetworkPolicies } from './network-policies/network-policies';
import { ObjectStore } from './object-store/object-store';
import { withPatches } from './patches/patches';
import { PostgresqlBackup } from './postgresql/backup';
import { Postgresql } from './postgresql/postgresql';
import { SeldonCrd } from './seldon/crd';
import { SeldonOperator } from './seldon/operator';
import { Training } from './training/training';

export interface Platform {
  readonly environment: string;
  readonly components: readonly Component[];
  /** The namespaces, each with its Pod Security level. */
  readonly namespaces: readonly PlatformNamespace[];
  /** Every Secret that must exist before the platform starts. */
  readonly secrets: readonly RequiredSecret[];
  /** A file of a component as it is written: with what the environment adds to every object, and its patches. */
  readonly finish: (file: ComponentFile) => ComponentFile;
}

/** Wires one environment. Pure: the same configuration gives the same objects. */
export function composePlatform(config: PlatformConfig): Platform {
  const app = new App();
  const { pullSecret } = config.images;
  const names = config.namespaces;
  const images = resolveImages({
    registry: config.images.registry,
    overrides: config.images.overrides,
    seldonVersion: config.seldon.version,
  });

  const postgresql = new Postgresql(app, {
    namespace: names.postgresql,
    image: images.postgresql,
    pullSecret,
    ...config.postgresql,
  });
  const backup = config.postgresql.backup.enabled
    ? [
        new PostgresqlBackup(app, {
          namespace: names.postgresql,
          image: images.postgresql,
          pullSecret,
          database: postgresql.admin,
          // Placed, labelled and annotated as the server is.
          ...config.postgresql,
          ...config.postgresql.backup,
        }),
      ]
    : [];
  const objectStore = new ObjectStore(app, {
    namespace: names.objectStore,
    image: images.objectStore,
    pullSecret,
    batch: config.models.some(({ batch }) => batch),
    ...config.objectStore,
  });
  const mlflow = new Mlflow(app, {
    namespace: names.mlflow,
    image: images.mlflow,
    pullSecret,
    database: postgresql.mlflow,
    artifacts: objectStore.readWrite,
    clusterDomain: config.clusterDomain,
    monitoring: config.monitoring.enabled ? config.monitoring : undefined,
    clientNamespaces: config.networkPolicies.clients.mlflow,
    ...config.mlflow,
  });
  const training = config.training.enabled
    ? [
        new Training(app, {
          namespace: names.training,
          image: images.training,
          pullSecret,
          tracking: mlflow.endpoint,
          ...config.training,
        }),
      ]
    : [];
  const seldonOperator = new SeldonOperator(app, {
    namespace: names.seldon,
    modelsNamespace: names.models,
    images,
    pullSecret,
    modelsServiceAccount: MODELS_SERVICE_ACCOUNT,
    apiServerPorts: config.networkPolicies.apiServer.ports,
    ...config.seldon,
  });
  const models = new Models(app, {
    namespace: names.models,
    controllerId: config.seldon.controllerId,
    images,
    pullSecret,
    store: objectStore.readOnly,
    models: config.models,
    stores: config.modelStores,
    gateway: config.gateway.enabled ? config.gateway : undefined,
    clientNamespaces: modelClients(config),
    streamed: true,
  });
  const detectors = config.models.flatMap((model) =>
    model.detector
      ? new Detector(app, {
          namespace: names.models,
          model: model.name,
          protocol: model.protocol,
          callers: podsOf(model, names.models),
          image: images.alibiDetect,
          initializer: images.seldonInitializer,
          pullSecret,
          store: config.modelStores[model.detector.uri.split(':')[0] ?? '']?.port ?? objectStore.readOnly.endpoint,
          storeSecret: models.secretOf(model.detector.uri),
          ...model.detector,
        })
      : [],
  );
  const batches = config.models.flatMap(({ name, batch }) =>
    batch && objectStore.batch
      ? new Batch(app, {
          namespace: names.models,
          model: name,
          endpoint: models.endpoint(name),
          copier: images.seldonInitializer,
          processor: images.batchProcessor,
          pullSecret,
          store: objectStore.batch,
          apiServerPorts: config.networkPolicies.apiServer.ports,
          ...batch,
        })
      : [],
  );
  const frontend = config.frontend.enabled
    ? [
        new Frontend(app, {
          namespace: names.frontend,
          image: images.frontend,
          pullSecret,
          ...config.frontend,
          model: models.endpoint(config.frontend.model),
          form: formOf(config),
        }),
      ]
    : [];
  const workloads: Component[] = [
    seldonOperator,
    postgresql,
    ...backup,
    objectStore,
    mlflow,
    ...training,
    models,
    ...detectors,
    ...batches,
    ...frontend,
  ];

  const optional: Partial<Record<string, boolean>> = {
    [names.training]: config.training.enabled,
    [names.frontend]: config.frontend.enabled,
  };
  const namespaces = Object.values(names)
    .filter((name) => optional[name] ?? true)
    .map((name): PlatformNamespace => ({ name, level: name === names.models ? models.podSecurity : 'restricted' }));
  const setup: Component[] = [new Namespaces(app, { namespaces }), new SeldonCrd(app)];
  if (config.networkPolicies.enabled) {
    setup.push(
      new NetworkPolicies(app, {
        namespaces: namespaces.map(({ name }) => name),
        edges: workloads.flatMap((component) => component.edges),
        apiServerCidrs: config.networkPolicies.apiServer.cidrs,
        apiServerCallers: config.networkPolicies.apiServer.callers,
        dns: config.networkPolicies.dns,
      }),
    );
  }
  return {
    environment: config.environment,
    components: [...setup, ...workloads],
    namespaces,
    secrets: workloads.flatMap((component) => component.secrets),
    finish: (file) => {
      const common = { labels: config.commonLabels, annotations: config.commonAnnotations };
      return withPatches(withCommonMetadata(file, common), config.patches ?? []);
    },
  };
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

/** The namespaces whose pods call models: those that the environment lists, and those of its ingress controllers. */
function modelClients({ networkPolicies, seldon, gateway }: PlatformConfig): string[] {
  const { istio, ambassador } = seldon;
  const ingress = [
    ...(istio.enabled ? istio.gateway.split('/').slice(0, 1) : []),
    ...(ambassador.enabled ? [ambassador.namespace] : []),
    ...(gateway.enabled ? [gateway.namespace] : []),
  ];
  return [...new Set([...networkPolicies.clients.models, ...ingress])];
}
