/** What runs beside models: detectors, which watch their requests, batches, which send them rows, and reports on their quality. */
import type { App } from 'cdk8s';
import { Batch } from '../batch/batch';
import type { PlatformConfig } from '../config';
import { Detector } from '../detector/detector';
import type { Images } from '../images/resolve';
import type { Component } from '../lib/component';
import { loggingOf } from '../logging/config';
import { podsOf } from '../models/endpoint';
import type { ModelConfig } from '../models/join-lock';
import type { Models } from '../models/models';
import { versionOf } from '../models/node';
import { storeVariables } from '../models/stores';
import { scrapingOf } from '../monitoring/config';
import type { Buckets, TeamBuckets } from '../object-store/store';
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
export function partsOfModels(app: App, config: PlatformConfig, props: ModelPartsProps): Component[] {
  const owners = [undefined, ...config.teams.map(({ name }) => name)].map((team) => ownerOf(config, props, team));
  return [detectorOf, batchOf, reportOf].flatMap((part) =>
    owners.flatMap((owner) => {
      const owned = { ...props, owner };
      return config.models
        .filter(({ team }) => team === owner.team)
        .flatMap((model) => part(app, config, owned, model));
    }),
  );
}

/** Whose a model is, and what there is for what runs beside it. */
interface Owner extends TeamBuckets {
  /** Nothing for the platform's own. */
  readonly team?: string;
  readonly namespace: string;
  readonly models: Models;
}

function ownerOf(config: PlatformConfig, { models, teams, buckets }: ModelPartsProps, team?: string): Owner {
  const namespace = teamNamespace(config.namespaces.models, team);
  if (team === undefined) return { namespace, models, readOnly: buckets.readOnly, batch: buckets.batch };
  const [own, folder] = [teams.get(team), buckets.teams[team]];
  if (!own || !folder) throw new Error(`nothing is there of the team ${team}`);
  return { team, namespace, models: own, ...folder };
}

interface PartProps extends ModelPartsProps {
  readonly owner: Owner;
}

function detectorOf(app: App, config: PlatformConfig, { images, owner }: PartProps, model: ModelConfig): Component[] {
  const { detector, name, protocol } = model;
  if (!detector) return [];
  const { namespace, models, readOnly } = owner;
  return [
    new Detector(app, {
      namespace,
      model: name,
      protocol,
      callers: podsOf(model, namespace),
      image: protocol === 'v2' ? images.mlserverSklearn : images.alibiDetect,
      initializer: images.seldonInitializer,
      pullSecret: config.images.pullSecret,
      store: config.modelStores[detector.uri.split(':')[0] ?? '']?.port ?? readOnly,
      storeSecret: models.secretOf(detector.uri),
      storeVariables: storeVariables(config.modelStores, detector.uri),
      storeAuthority: models.authorityOf(detector.uri),
      monitoring: scrapingOf(config),
      logging: loggingOf(config, 'models'),
      ...detector,
    }),
  ];
}

function batchOf(app: App, config: PlatformConfig, { images, owner }: PartProps, model: ModelConfig): Component[] {
  const { name, batch, predictors } = model;
  const [main] = predictors;
  if (!batch || !main || !owner.batch) return [];
  return [
    new Batch(app, {
      namespace: owner.namespace,
      model: name,
      endpoint: owner.models.endpoint(name),
      version: versionOf(main.graph),
      copier: images.seldonInitializer,
      processor: images.batchProcessor,
      pullSecret: config.images.pullSecret,
      store: owner.batch,
      storeAuthority: owner.models.authority,
      apiServerPorts: config.networkPolicies.apiServer.ports,
      ...batch,
    }),
  ];
}

function reportOf(
  app: App,
  config: PlatformConfig,
  { images, owner, tracking }: PartProps,
  model: ModelConfig,
): Component[] {
  const { name, quality, batch } = model;
  const predictions = predictionsOf({ quality, batch });
  if (!quality || predictions === undefined) return [];
  return [
    new Quality(app, {
      namespace: owner.namespace,
      model: name,
      copier: images.seldonInitializer,
      image: images.mlflow,
      pullSecret: config.images.pullSecret,
      store: owner.readOnly,
      storeSecret: owner.models.secretOf(predictions),
      storeAuthority: owner.models.authority,
      tracking: tracking.endpoint,
      trackingPath: tracking.path,
      user: tracking.reporterOf(owner.team),
      ...quality,
      predictions,
    }),
  ];
}
