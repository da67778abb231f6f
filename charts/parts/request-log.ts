/** The log of what models were asked, where an environment has one. */
import type { App } from 'cdk8s';
import type { PlatformConfig } from '../config';
import type { Images } from '../images/resolve';
import type { Component } from '../lib/component';
import type { Endpoint } from '../lib/endpoint';
import { logsToPlatform } from '../models/logging';
import { scrapingOf } from '../monitoring/config';
import type { Buckets } from '../object-store/store';
import { RequestLog } from '../request-log/request-log';
import { teamNamespace } from '../teams/config';

export interface RequestLogParts {
  readonly components: readonly Component[];
  /** Where executors post, by the namespace of their models. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

export function requestLogParts(
  app: App,
  config: PlatformConfig,
  { images, buckets }: { readonly images: Images; readonly buckets: Buckets },
): RequestLogParts {
  const { requestLog: settings, namespaces, models, teams } = config;
  if (!settings.enabled || !buckets.requestLog) return { components: [], endpoints: new Map() };
  const logging = new Set(models.filter(logsToPlatform).map(({ team }) => team));
  const owners = [undefined, ...teams.map(({ name }) => name)].filter((team) => logging.has(team));
  const log = new RequestLog(app, {
    ...settings,
    namespace: namespaces.requestLog,
    image: images.mlflow,
    pullSecret: config.images.pullSecret,
    bucket: buckets.requestLog,
    sources: owners.map((team) => ({
      team,
      namespace: teamNamespace(namespaces.models, team),
    })),
    monitoring: scrapingOf(config),
  });
  return { components: [log], endpoints: log.endpoints };
}
