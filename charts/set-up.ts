/** What has to be in a cluster before anything else of an environment: the stage 10-setup. */
import type { App } from 'cdk8s';
import type { PlatformConfig } from './config';
import type { Component, ComponentFile } from './lib/component';
import { NAMESPACE_PARTS } from './namespaces/config';
import { Namespaces, type PlatformNamespace, type PodSecurityLevel } from './namespaces/namespaces';
import { NetworkPolicies } from './network-policies/network-policies';
import { Priorities } from './priorities/priorities';
import { demands, NO_DEMAND } from './quotas/demand';
import { Quotas, type QuotasProps } from './quotas/quotas';
import { SeldonCrd } from './seldon/crd';

/** The namespaces of what an environment has, each with the strictest level that its pods pass. */
export function namespacesOf(
  { namespaces: names, postgresql, objectStore, training, frontend }: PlatformConfig,
  models: PodSecurityLevel,
) {
  const left = [
    ...(postgresql.kind === 'external' ? [names.postgresql] : []),
    ...(objectStore.kind === 'external' && !objectStore.mirror ? [names.objectStore] : []),
    ...(training.enabled ? [] : [names.training]),
    ...(frontend.enabled ? [] : [names.frontend]),
  ];
  return Object.values(names)
    .filter((name) => !left.includes(name))
    .map((name): PlatformNamespace => ({ name, level: name === names.models ? models : 'restricted' }));
}

/** The namespaces, the type of SeldonDeployments, and the policies for the connections of the workloads. */
export function setUp(
  app: App,
  { networkPolicies: { enabled, apiServer, dns }, priorities, quotas, namespaces: names, environment }: PlatformConfig,
  namespaces: readonly PlatformNamespace[],
  workloads: readonly Component[],
  finish: (file: ComponentFile) => ComponentFile,
): Component[] {
  const first = [
    new Namespaces(app, { namespaces }),
    new SeldonCrd(app),
    ...(priorities.enabled ? [new Priorities(app, { environment })] : []),
    ...(quotas.enabled ? [new Quotas(app, quotasOf(quotas, names, namespaces, workloads, finish))] : []),
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

/** What runs in each namespace, as it is written: a patch may have changed it. */
function quotasOf(
  { hard, headroom }: PlatformConfig['quotas'],
  names: PlatformConfig['namespaces'],
  namespaces: readonly PlatformNamespace[],
  workloads: readonly Component[],
  finish: (file: ComponentFile) => ComponentFile,
): QuotasProps {
  const asked = demands(finished(workloads, finish));
  return {
    headroom,
    namespaces: namespaces.map(({ name }) => {
      const part = NAMESPACE_PARTS.find((candidate) => names[candidate] === name);
      return { name, demand: asked.get(name) ?? NO_DEMAND, hard: part && hard[part] };
    }),
  };
}

function* finished(components: readonly Component[], finish: (file: ComponentFile) => ComponentFile) {
  for (const component of components) {
    for (const file of component.files()) yield* finish(file).objects;
  }
}
