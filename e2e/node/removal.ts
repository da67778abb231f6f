/** What is removed, as docs/operations.md has it, and comes back where its files come back. */
import { same } from '../cluster/checks';
import { until } from '../cluster/cluster';
import { namespacesOf } from '../cluster/environments';
import { follow, renderAndApply, whileChanged } from './follow';
import type { RunningPlatform } from './running-platform';

/** Waits until kubectl finds none of these. */
const gone = (platform: RunningPlatform, ...what: readonly string[]) =>
  until(`${what.join(' ')} are gone`, 180, async () => {
    const left = await platform.kubectl('get', ...what, '--ignore-not-found', '-o', 'name');
    return left === '' ? undefined : left;
  });

export async function modelRemoved(platform: RunningPlatform): Promise<string> {
  const selector = ['-n', 'ml-models', '-l', 'seldon-deployment-id=xgb-wine-k8s'];
  await whileChanged(platform, async () => {
    await follow(platform, 'Remove a model');
    await gone(platform, 'deployments,services,pods', ...selector);
  });
  await renderAndApply(platform, '10-setup', '50-models');
  await platform.modelsAvailable();
  return 'its Deployment, Services and pods are gone, and come back with its file';
}

export async function frontEndRemoved(platform: RunningPlatform): Promise<string> {
  await whileChanged(platform, async () => {
    await follow(platform, 'Remove the front end');
    await renderAndApply(platform, '10-setup');
    await gone(platform, 'namespace', 'fe');
  });
  await renderAndApply(platform, '10-setup', '60-apps');
  await platform.kubectl('rollout', 'status', '-n', 'fe', 'deployment/fe-deployment', '--timeout=10m');
  return 'its namespace is gone, and comes back with the setting';
}

export async function environmentRemoved(platform: RunningPlatform): Promise<string> {
  await follow(platform, 'Remove an environment');
  const namespaces = namespacesOf(platform.props.env);
  await gone(platform, 'namespaces', ...namespaces);
  const claims = await platform.kubectl('get', 'pvc', '-A', '-o', 'name');
  const types = await platform.kubectl('get', 'crd', '-o', 'name');
  const webhooks = await platform.kubectl('get', 'validatingwebhookconfiguration', '-o', 'name');
  same([claims, types, webhooks], ['', '', '']);
  return `${namespaces.length} namespaces, the type and the webhook are gone`;
}
