/** What has to be in a cluster before anything else of an environment: the stage 10-setup. */
import type { App } from 'cdk8s';
import type { PlatformConfig } from '../config';
import type { Component, ComponentFile } from '../lib/component';
import { NAMESPACE_PARTS } from '../namespaces/config';
import { Namespaces, type PlatformNamespace, type PodSecurityLevel } from '../namespaces/namespaces';
import { NetworkPolicies } from '../network-policies/network-policies';
import { Priorities } from '../priorities/priorities';
import { demands, NO_DEMAND } from '../quotas/demand';
import { Quotas, type QuotasProps } from '../quotas/quotas';
import { SeldonCrd } from '../seldon/crd';
import { teamNamespace } from '../teams/config';

/** The namespaces of what an environment has, each with the strictest level that its pods pass. */
export function namespacesOf(
  { namespaces: names, postgresql, objectStore, training, frontend, monitoring, requestLog }: PlatformConfig,
  models: PodSecurityLevel,
  teams: readonly PlatformNamespace[],
) {
  const left = [
    ...(postgresql.kind === 'external' ? [names.postgresql] : []),
    ...(objectStore.kind === 'external' && !objectStore.mirror ? [names.objectStore] : []),
    ...(training.enabled ? [] : [names.training]),
    ...(frontend.enabled ? [] : [names.frontend]),
    ...(monitoring.enabled && monitoring.stack === 'embedded' ? [] : [names.monitoring]),
    ...(requestLog.enabled ? [] : [names.requestLog]),
  ];
  const own = Object.values(names)
    .filter((name) => !left.includes(name))
    .map((name): PlatformNamespace => ({ name, level: name === names.models ? models : 'restricted' }));
  return [...own, ...teams];
}

/** The namespaces, the type of SeldonDeployments, and the policies for the connections of the workloads. */
export function setUp(
  app: App,
  config: PlatformConfig,
  namespaces: readonly PlatformNamespace[],
  workloads: readonly Component[],
  finish: (file: ComponentFile) => ComponentFile,
): Component[] {
  const { networkPolicies, priorities, environment } = config;
  const { enabled, apiServer, dns } = networkPolicies;
  const limited = limitedNamespaces(config, namespaces);
  const first = [
    new Namespaces(app, { namespaces }),
    new SeldonCrd(app),
    ...(priorities.enabled ? [new Priorities(app, { environment })] : []),
    ...(limited.length > 0 ? [new Quotas(app, quotasOf(config, limited, workloads, finish))] : []),
  ];
  if (!enabled) return first;
  const policies = new NetworkPolicies(app, {
    namespaces: namespaces.map(({ name }) => name),
    edges: workloads.flatMap((component) => component.edges),
    apiServerCidrs: apiServer.cidrs,
    apiServerCallers: apiServer.callers,
    dns,
  });
  return [...first, policies];
}

/** Those of teams have a quota in every environment. */
function limitedNamespaces(
  { quotas, teams, namespaces: { models } }: PlatformConfig,
  all: readonly PlatformNamespace[],
) {
  const ofTeams = teams.map(({ name }) => teamNamespace(models, name));
  return all.filter(({ name }) => quotas.enabled || ofTeams.includes(name));
}

/** What runs in each namespace, as it is written: a patch may have changed it. */
function quotasOf(
  { quotas: { hard, headroom }, namespaces: names, teams }: PlatformConfig,
  namespaces: readonly PlatformNamespace[],
  workloads: readonly Component[],
  finish: (file: ComponentFile) => ComponentFile,
): QuotasProps {
  const asked = demands(finished(workloads, finish));
  return {
    headroom,
    namespaces: namespaces.map(({ name }) => {
      const part = NAMESPACE_PARTS.find((candidate) => names[candidate] === name);
      const team = teams.find((candidate) => teamNamespace(names.models, candidate.name) === name);
      return { name, demand: asked.get(name) ?? NO_DEMAND, hard: team ? team.quota : part && hard[part] };
    }),
  };
}

function* finished(components: readonly Component[], finish: (file: ComponentFile) => ComponentFile) {
  for (const component of components) {
    for (const file of component.files()) yield* finish(file).objects;
  }
}
