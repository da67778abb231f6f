/** What has to be in a cluster before anything else of an environment: the stage 10-setup. */
import type { App } from 'cdk8s';
import type { PlatformConfig } from './config';
import type { Component } from './lib/component';
import { Namespaces, type PlatformNamespace, type PodSecurityLevel } from './namespaces/namespaces';
import { NetworkPolicies } from './network-policies/network-policies';
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
  { networkPolicies: { enabled, apiServer, dns } }: PlatformConfig,
  namespaces: readonly PlatformNamespace[],
  workloads: readonly Component[],
): Component[] {
  const first = [new Namespaces(app, { namespaces }), new SeldonCrd(app)];
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
