/** What runs beside models: detectors, which watch their requests, and batches, which send them rows. */
import type { App } from 'cdk8s';
import { Batch } from './batch/batch';
import type { PlatformConfig } from './config';
import { Detector } from './detector/detector';
import type { Images } from './images/resolve';
import type { Component } from './lib/component';
import { loggingOf } from './logging/config';
import { podsOf } from './models/endpoint';
import type { Models } from './models/models';
import { storeVariables } from './models/stores';
import { scrapingOf } from './monitoring/config';
import type { Buckets } from './object-store/store';

/** A component for each model that has a detector, and for each that has a batch. */
export function partsOfModels(
  app: App,
  config: PlatformConfig,
  { images, models, buckets }: { images: Images; models: Models; buckets: Buckets },
): Component[] {
  const { pullSecret } = config.images;
  const namespace = config.namespaces.models;
  const detectors = config.models.flatMap((model) =>
    model.detector
      ? new Detector(app, {
          namespace,
          model: model.name,
          protocol: model.protocol,
          callers: podsOf(model, namespace),
          image: images.alibiDetect,
          initializer: images.seldonInitializer,
          pullSecret,
          store: config.modelStores[model.detector.uri.split(':')[0] ?? '']?.port ?? buckets.readOnly,
          storeSecret: models.secretOf(model.detector.uri),
          storeVariables: storeVariables(config.modelStores, model.detector.uri),
          storeAuthority: models.authorityOf(model.detector.uri),
          monitoring: scrapingOf(config),
          logging: loggingOf(config, 'models'),
          ...model.detector,
        })
      : [],
  );
  const batches = config.models.flatMap(({ name, batch }) =>
    batch && buckets.batch
      ? new Batch(app, {
          namespace,
          model: name,
          endpoint: models.endpoint(name),
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
  return [...detectors, ...batches];
}
