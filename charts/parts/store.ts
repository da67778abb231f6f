/** The object store of an environment: which of its kinds, and what copies it to a second place. */
import type { App } from 'cdk8s';
import type { CertificateIssuer } from '../certificates/issuer';
import type { PlatformConfig } from '../config';
import type { Images } from '../images/resolve';
import type { Component } from '../lib/component';
import type { Endpoint } from '../lib/endpoint';
import { loggingOf } from '../logging/config';
import { scrapingOf } from '../monitoring/config';
import { externalBucket, externalStore, givenKey } from '../object-store/external';
import { Mirror } from '../object-store/mirror';
import { ObjectStore } from '../object-store/object-store';
import { Seaweedfs } from '../object-store/seaweedfs/seaweedfs';
import type { Buckets } from '../object-store/store';
import { teamNamespace, teamPrefix } from '../teams/config';

export interface PlatformStore {
  readonly buckets: Buckets;
  readonly components: readonly Component[];
  /** The store's web page, where it has one. */
  readonly page?: Endpoint;
}

export function partsOfStore(
  app: App,
  config: PlatformConfig,
  given: { readonly images: Images; readonly issuer?: CertificateIssuer },
): PlatformStore {
  const store = storeOf(app, config, given);
  const { mirror } = config.objectStore;
  if (!mirror || !store.buckets.mirror) return store;
  const copy = new Mirror(app, {
    namespace: config.namespaces.objectStore,
    image: given.images.rclone,
    pullSecret: config.images.pullSecret,
    from: store.buckets.mirror,
    to: externalBucket(mirror, givenKey('MIRROR_TARGET', "the mirror's key to the second place, read-write")),
    ...mirror,
  });
  return { ...store, components: [...store.components, copy] };
}

/** @param of a team; nothing for the platform's own models */
const hasBatch = ({ models }: PlatformConfig, of?: string) => models.some(({ team, batch }) => batch && team === of);

function storeOf(
  app: App,
  config: PlatformConfig,
  { images, issuer }: { readonly images: Images; readonly issuer?: CertificateIssuer },
): PlatformStore {
  const settings = config.objectStore;
  const { requestLog, namespaces, teams } = config;
  const users = {
    batch: hasBatch(config),
    mirrored: settings.mirror !== undefined,
    teams: teams.map(({ name }) => ({ name, prefix: teamPrefix(name), batch: hasBatch(config, name) })),
    requestLog: requestLog.enabled
      ? {
          bucket: requestLog.bucket,
          // What the receivers put of a namespace lies in a folder of its name.
          teams: teams.map(({ name }) => ({ name, prefix: teamNamespace(namespaces.models, name) })),
        }
      : undefined,
  };
  if (settings.kind === 'external') {
    const { backups, ...place } = settings;
    return { buckets: externalStore({ ...place, ...users, ...(backups.enabled && { backups }) }), components: [] };
  }
  const common = {
    namespace: config.namespaces.objectStore,
    pullSecret: config.images.pullSecret,
    clusterDomain: config.clusterDomain,
    monitoring: scrapingOf(config),
    issuer: settings.tls ? issuer : undefined,
    ...users,
  };
  if (settings.kind === 'seaweedfs') {
    const { versioning, backups } = settings;
    const component = new Seaweedfs(app, {
      ...settings,
      ...common,
      image: images.seaweedfs,
      metadataImage: images.etcd,
      versioned: versioning.enabled,
      backups: backups.enabled ? backups : undefined,
    });
    return { buckets: component.buckets, components: [component] };
  }
  const { versioning, backups } = settings;
  const component = new ObjectStore(app, {
    ...settings,
    ...common,
    image: images.objectStore,
    logging: loggingOf(config, 'objectStore'),
    versioning: versioning.enabled ? versioning : undefined,
    backups: backups.enabled ? backups : undefined,
  });
  return { buckets: component.buckets, components: [component], page: component.page };
}
