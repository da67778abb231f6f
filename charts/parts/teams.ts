/** What each team of an environment has: its models, and what its people may do with them. */
import type { App } from 'cdk8s';
import type { PlatformConfig } from '../config';
import type { Component } from '../lib/component';
import type { Endpoint } from '../lib/endpoint';
import { Models, type ModelsProps } from '../models/models';
import type { PlatformNamespace } from '../namespaces/namespaces';
import type { Buckets } from '../object-store/store';
import { teamNamespace } from '../teams/config';
import { Team } from '../teams/team';
import { modelsGateway } from './access';

export interface TeamParts {
  readonly components: readonly Component[];
  readonly namespaces: readonly PlatformNamespace[];
  /** The models of each, by its name. */
  readonly models: ReadonlyMap<string, Models>;
}

/** @param shared what the models of all have in common */
export function partsOfTeams(
  app: App,
  config: PlatformConfig,
  {
    buckets,
    requestLogs,
    shared,
  }: {
    readonly buckets: Buckets;
    /** Where models log whose logger has no address, by their namespace. */
    readonly requestLogs: ReadonlyMap<string, Endpoint>;
    readonly shared: Omit<ModelsProps, 'namespace' | 'store' | 'models' | 'gateway' | 'requestLog'>;
  },
): TeamParts {
  const parts = config.teams.map(({ name, group }) => {
    const namespace = teamNamespace(config.namespaces.models, name);
    const store = buckets.teams[name]?.readOnly;
    if (!store) throw new Error(`the object store has no key of the team ${name}`);
    const own = config.models.filter(({ team }) => team === name);
    const models = new Models(app, {
      ...shared,
      team: name,
      namespace,
      store,
      requestLog: requestLogs.get(namespace),
      models: own,
      gateway: modelsGateway(config, name),
    });
    const workflows = own.some(({ batch }) => batch?.engine === 'argo');
    return { name, namespace, models, people: new Team(app, { name, namespace, group, workflows }) };
  });
  return {
    components: parts.flatMap(({ models, people }) => [people, models]),
    namespaces: parts.map(({ namespace, models }) => ({ name: namespace, level: models.podSecurity })),
    models: new Map(parts.map(({ name, models }) => [name, models])),
  };
}
