/** What programs may do with a token, and what is refused, with servers behind that say what they were asked. */
import { type Checks, same } from '../cluster/checks';
import { bearer } from './client';
import { modelChecks, modelEcho } from './model-checks';
import type { Asked } from './model-echo';
import { GATEWAYS } from './people';
import type { Site } from './site';
import { claimed, redirectChecks, tokenChecks } from './token-checks';

export async function machineChecks(checks: Checks, site: Site): Promise<void> {
  const token = await site.client.token('ci');
  await tokenChecks(checks, site);
  await identityChecks(checks, site, token);
  await redirectChecks(checks, site);
  await modelChecks(checks, site, token);
  await checks.check('a policy lets nobody but the proxies and the platform call MLflow', () => {
    const { spec } = site.manifests
      .all<{ kind: string; metadata: { name: string; namespace: string }; spec: { ingress: { from: object[] }[] } }>(
        'NetworkPolicy',
      )
      .find(({ metadata }) => metadata.namespace === 'mlflow' && metadata.name === 'mlflow') ?? {
      spec: { ingress: [] },
    };
    const callers = JSON.stringify(spec.ingress);
    same([callers.includes(`"${GATEWAYS}"`), callers.includes('mlflow-sign-in')], [false, true]);
    return `${spec.ingress.length} rules, none for the Gateway`;
  });
}

async function identityChecks(checks: Checks, site: Site, token: string): Promise<void> {
  const claims = (asked: Asked | number) =>
    typeof asked === 'number'
      ? asked
      : Object.fromEntries(
          Object.entries(asked.headers).filter(([name]) => /^x-forwarded-(user|groups|email|pref)/.test(name)),
        );
  await checks.check('who somebody is comes from the token, whatever headers the client sends', async () => {
    const seen = claims(await modelEcho(site, '/seldon/ml-models/mlflow-wine/v2/x', { ...bearer(token), ...claimed }));
    if (JSON.stringify(seen).includes('root') || JSON.stringify(seen).includes('admins'))
      throw new Error(JSON.stringify(seen));
    same((seen as Record<string, string>)['x-forwarded-user'], 'ci');
    return JSON.stringify(seen);
  });
  await checks.check('a public model sees no identity that the client claims', async () => {
    const seen = claims(await modelEcho(site, '/seldon/ml-models/open/v2/x', claimed));
    same(seen, {});
    return 'none';
  });
}
