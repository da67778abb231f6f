/** Who comes: people and programs of an issuer, and what the environment says of them. */

/** The issuer that the platform knows, and one that it does not. */
export const ISSUER = 'http://login.test:9400';
export const STRANGER = 'http://stranger.test:9400';

/** The port of what leads into the cluster. */
export const PORT = 8443;

export const originOf = (name: 'mlflow' | 'app' | 'models') => `https://${name}.ml.test:${PORT}`;

/** Settings of the platform. */
export const PLATFORM = `
access:
  kind: gateway
  domain: ml.test
  port: ${PORT}
  tls: {byGateway: true}
  signIn:
    issuer: ${ISSUER}
    clientId: platform
    audiences: [machines]
    scope: openid email profile groups
    groups: [ml-team]
`;

export const PEOPLE = {
  bob: { name: 'Bob', email: 'bob@ml.test', groups: ['ml-team'] },
  ann: { name: 'Ann', email: 'ann@ml.test', groups: ['ml-team', 'ml-admins'] },
  eve: { name: 'Eve', email: 'eve@ml.test', groups: ['visitors'] },
} as const;

export const CLIENT = {
  client_id: 'platform',
  client_secret: 'a-secret-that-the-issuer-made',
  redirect_uris: (['mlflow', 'app', 'models'] as const).map((name) => `${originOf(name)}/oauth2/callback`),
  post_logout_redirect_uris: [`${originOf('mlflow')}/`],
  grant_types: ['authorization_code'],
  response_types: ['code'],
};

/** Programs, each with a secret and groups. */
export const ROBOTS = [
  { name: 'ci', secret: 'secret-of-ci', groups: ['ml-team'] },
  { name: 'admin', secret: 'secret-of-admin', groups: ['ml-admins'] },
  { name: 'outsider', secret: 'secret-of-outsider', groups: ['visitors'] },
] as const;

export type Robot = (typeof ROBOTS)[number]['name'];

/** What tokens are asked for, and for whom and how long they are. */
export const AUDIENCES = {
  'urn:platform': { audience: 'machines', seconds: 3600 },
  'urn:brief': { audience: 'machines', seconds: 1 },
  'urn:other': { audience: 'another-service', seconds: 3600 },
} as const;

/** A token, by the grant that programs use. */
export async function tokenOf(robot: Robot, resource: keyof typeof AUDIENCES = 'urn:platform', issuer = ISSUER) {
  const secret = ROBOTS.find(({ name }) => name === robot)?.secret ?? '';
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${robot}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource }),
  });
  const body = (await response.json()) as { readonly access_token?: string };
  if (body.access_token === undefined) throw new Error(`the issuer gives no token: ${JSON.stringify(body)}`);
  return body.access_token;
}
