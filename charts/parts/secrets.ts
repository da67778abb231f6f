/** What brings the Secrets of a platform into the cluster, where the environment leaves that to an operator. */
import type { App } from 'cdk8s';
import type { PlatformConfig } from '../config';
import type { Component } from '../lib/component';
import type { RequiredSecret } from '../lib/secret';
import { ExternalSecrets } from '../secrets/external-secrets';
import { SealedSecrets } from '../secrets/sealed-secrets';

export function secretParts(
  app: App,
  { secrets: { backend, store }, encrypted }: Pick<PlatformConfig, 'secrets' | 'encrypted'>,
  secrets: readonly RequiredSecret[],
): Component[] {
  if (secrets.length === 0) return [];
  if (backend === 'externalSecrets') return [new ExternalSecrets(app, { secrets, store })];
  if (backend !== 'sealedSecrets') return [];
  return [new SealedSecrets(app, { objects: encrypted.map(({ object }) => object) })];
}
