/** What runs beside models: detectors, which watch their requests, batches, which send them rows, and reports on their quality. */
import type { App } from 'cdk8s';
import { Batch } from '../batch/batch';
import type { PlatformConfig } from '../config';
import { Detector } from '../detector/detector';
import type { Images } from '../images/resolve';
import type { Component } from '../lib/component';
import { loggingOf } from '../logging/config';
import { podsOf } from '../models/endpoint';
import type { Models } from '../models/models';
import { versionOf } from '../models/node';
import { storeVariables } from '../models/stores';
import { scrapingOf } from '../monitoring/config';
import type { Buckets } from '../object-store/store';
import { predictionsOf } from '../quality/config';
import { Quality } from '../quality/quality';
import { teamNamespace } from '../teams/config';
import type { TrackingParts } from './tracking';

export interface ModelPartsProps {
  readonly images: Images;
  /** The platform's own models. */
  readonly models: Models;
  /** Those of each team, by its name. */
  readonly teams: ReadonlyMap<string, Models>;
  readonly buckets: Buckets;
  readonly tracking: TrackingParts;
}

/** A component for each model that has a detector, for each that has a batch, and for each that has reports. */
export function partsOfModels(
  app: App,
  config: PlatformConfig,
  { images, models, teams, buckets, tracking }: ModelPartsProps,
): Component[] {
  const { pullSecret } = config.images;
  const namespace = config.namespaces.models;
  const detectors = config.models.flatMap((model) => {
    const ofTeam = model.team === undefined ? undefined : teams.get(model.team);
    const { team = '' } = model;
    const store = ofTeam ? buckets.teams[team] : buckets.readOnly;
    const own = ofTeam ?? models;
    if (!model.detector || !store) return [];
    const where = ofTeam ? teamNamespace(namespace, team) : namespace;
    return new Detector(app, {
      namespace: where,
      model: model.name,
      protocol: model.protocol,
      callers: podsOf(model, where),
      image: model.protocol === 'v2' ? images.mlserverSklearn : images.alibiDetect,
      initializer: images.seldonInitializer,
      pullSecret,
      store: config.modelStores[model.detector.uri.split(':')[0] ?? '']?.port ?? store,
      storeSecret: own.secretOf(model.detector.uri),
      storeVariables: storeVariables(config.modelStores, model.detector.uri),
      storeAuthority: own.authorityOf(model.detector.uri),
      monitoring: scrapingOf(config),
      logging: loggingOf(config, 'models'),
      ...model.detector,
    });
  });
  const batches = config.models.flatMap(({ name, batch, predictors: [main] }) =>
    batch && main && buckets.batch
      ? new Batch(app, {
          namespace,
          model: name,
          endpoint: models.endpoint(name),
          version: versionOf(main.graph),
          copier: images.seldonInitializer,
          processor: images.batchProcessor,
          pullSecret,
          store: buckets.batch,
          storeAuthority: models.authority,
          apiServerPorts: config.networkPolicies.apiServer.ports,
          ...batch,
        })
      : [],
  );
  const reports = config.models.flatMap(({ name, quality, batch }) => {
    const predictions = predictionsOf({ quality, batch });
    if (!quality || predictions === undefined) return [];
    return new Quality(app, {
      namespace,
      model: name,
      copier: images.seldonInitializer,
      image: images.mlflow,
      pullSecret,
      store: buckets.readOnly,
      storeSecret: models.secretOf(predictions),
      storeAuthority: models.authority,
      tracking: tracking.endpoint,
      trackingPath: tracking.path,
      user: tracking.reporter,
      ...quality,
      predictions,
    });
  });
  return [...detectors, ...batches, ...reports];
}
