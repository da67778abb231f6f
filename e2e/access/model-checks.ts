/** Who reaches which model, and what the model is told. */
import { type Checks, same } from '../cluster/checks';
import { bearer } from './client';
import type { Asked } from './model-echo';
import { originOf, TEAM, TEAM_NAMESPACE } from './people';
import type { Site } from './site';

export async function modelEcho(
  site: Site,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Asked | number> {
  const { status, body } = await site.client.ask(`${originOf('models')}${path}`, headers);
  return status === 200 ? (JSON.parse(body) as Asked) : status;
}

export async function modelChecks(checks: Checks, site: Site, token: string): Promise<void> {
  const status = (asked: Asked | number) => (typeof asked === 'number' ? asked : 200);
  await checks.check('a model gets a path without the prefix', async () => {
    const asked = await modelEcho(site, '/seldon/ml-models/mlflow-wine/v2/models/classifier/infer?a=1', bearer(token));
    same(typeof asked === 'number' ? asked : [asked.model, asked.path], [
      'mlflow-wine',
      '/v2/models/classifier/infer?a=1',
    ]);
    return '/v2/models/classifier/infer';
  });
  await checks.check('without a token a public model answers, and no other', async () => {
    const models = ['open', 'mlflow-wine', 'xgb-wine-k8s', 'team'];
    const seen = await Promise.all(
      models.map(async (name) => status(await modelEcho(site, `/seldon/ml-models/${name}/v2/x`))),
    );
    same(seen, [200, 401, 401, 401]);
    return seen.join(', ');
  });
  await checks.check('a model with groups of its own answers them, and the others do not', async () => {
    const path = '/seldon/ml-models/team/v2/x';
    const seen = [
      await modelEcho(site, path, bearer(token)),
      await modelEcho(site, path, bearer(await site.client.token('admin'))),
    ].map(status);
    same(seen, [403, 200]);
    return seen.join(', ');
  });
  await checks.check('a model of a team is told who asks, and given nothing that the caller is known by', async () => {
    const path = `/seldon/${TEAM_NAMESPACE}/price/v2/x`;
    const cookie = '_oauth2_proxy=stolen; other=1';
    const ofTeam = bearer(await site.client.token(TEAM));
    const answer = await site.client.ask(`${originOf(`models-${TEAM}`)}${path}`, { ...ofTeam, cookie });
    same(answer.status, 200);
    const { model, path: asked, headers } = JSON.parse(answer.body) as Asked;
    same([model, asked, headers['x-forwarded-user']], ['price', '/v2/x', TEAM]);
    same([headers.authorization, headers.cookie], [undefined, undefined]);
    const own = await modelEcho(site, '/seldon/ml-models/mlflow-wine/v2/x', bearer(token));
    same(typeof own !== 'number' && own.headers.authorization !== undefined, true);
    return TEAM;
  });
  await checks.check('a model of a team answers the group of the team, and nobody else who may sign in', async () => {
    const url = `${originOf(`models-${TEAM}`)}/seldon/${TEAM_NAMESPACE}/price/v2/x`;
    const tokens = [token, await site.client.token('admin'), await site.client.token(TEAM)];
    const seen = await Promise.all(tokens.map((each) => site.client.ask(url, bearer(each))));
    same(
      seen.map(({ status }) => status),
      [403, 403, 200],
    );
    return '403, 403, 200';
  });
  await checks.check(
    'a model of a team is at the host of the team alone, and a model of others is not there',
    async () => {
      const places = [
        `${originOf('models')}/seldon/${TEAM_NAMESPACE}/price/v2/x`,
        `${originOf(`models-${TEAM}`)}/seldon/ml-models/mlflow-wine/v2/x`,
      ];
      const seen = await Promise.all(places.map((place) => site.client.ask(place, bearer(token))));
      same(
        seen.map(({ status }) => status),
        [404, 404],
      );
      return '404, 404';
    },
  );
  await checks.check('no path leads from a public model to another', async () => {
    const ways = ['..', '%2e%2e', '.%2e', '..%2f..%2fml-models', '..;', '%252e%252e'].map(
      (up) => `/seldon/ml-models/open/${up}/mlflow-wine/v2/x`,
    );
    const more = [
      '/seldon/ml-models//open/../mlflow-wine/x',
      '/seldon/ml-models/mlflow-wine/v2/x?/seldon/ml-models/open/',
      '/seldon/ml-models/mlflow-wine/v2/x#/seldon/ml-models/open/',
    ];
    const seen = await Promise.all(
      [...ways, ...more].map(async (path) => [path, await modelEcho(site, path)] as const),
    );
    const reached = seen.filter(([, asked]) => typeof asked !== 'number' && asked.model !== 'open');
    same(reached, []);
    return `${seen.length} tried`;
  });
}
