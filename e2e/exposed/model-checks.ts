/** Who reaches which model from outside, with real servers behind. */
import { bearer, type Client } from '../access/client';
import { OTHER_TEAM, originOf, TEAM } from '../access/people';
import { type Checks, same } from '../cluster/checks';
import type { RunningPlatform } from '../node/running-platform';
import { close, documentedRequest, numberOf } from '../software/predictions';
import type { Entrance } from './entrance';
import { TEAM_MODELS, type TeamModel } from './environment';

const OWN = 'mlflow-wine';

/** Where a model is asked. */
export const urlOf = (host: string, namespace: string, model: string) =>
  `${host}/seldon/${namespace}/${model}/v2/models/classifier/infer`;

export const hostOfTeam = ({ team }: TeamModel) => originOf(`models-${team}`);

const urlOfTeam = (one: TeamModel) => urlOf(hostOfTeam(one), one.namespace, one.model);

export async function ask(platform: RunningPlatform, client: Client, url: string, headers = {}) {
  return client.send(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(documentedRequest(platform.props.project)),
  });
}

/** What a model of a team says, which is a copy of a model of the platform. */
export async function predictionBy(
  platform: RunningPlatform,
  client: Client,
  asked: TeamModel,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const { status, body } = await ask(platform, client, urlOfTeam(asked), headers);
  same(status, 200);
  return close(numberOf(body), platform.expected(OWN));
}

export async function modelChecks(checks: Checks, platform: RunningPlatform, { client }: Entrance): Promise<void> {
  const url = urlOf(originOf('models'), 'ml-models', OWN);
  await checks.check('a model answers a program with a token as in training', async () => {
    const { status, body } = await ask(platform, client, url, bearer(await client.token('ci')));
    same(status, 200);
    return close(numberOf(body), platform.expected(OWN));
  });
  await checks.check('without a token no model answers', async () => {
    const urls = [url, ...TEAM_MODELS.map(urlOfTeam)];
    const seen = await Promise.all(urls.map((each) => ask(platform, client, each)));
    same(
      seen.map(({ status }) => status),
      urls.map(() => 401),
    );
    return seen.map(({ status }) => status).join(', ');
  });
  await checks.check('who may call the models of the platform may not call those of a team', async () => {
    const headers = bearer(await client.token('ci'));
    const seen = await Promise.all(TEAM_MODELS.map((one) => ask(platform, client, urlOfTeam(one), headers)));
    same(
      seen.map(({ status }) => status),
      [403, 403],
    );
    return `${TEAM}: 403, ${OTHER_TEAM}: 403`;
  });
}
