/** Who comes: people and programs of an issuer, and what the environment says of them. */

/** The issuer that the platform knows, and one that it does not. */
export const ISSUER = 'https://login.test:9400';
export const STRANGER = 'https://stranger.test:9400';

/** The port that browsers show: that of a load balancer before the Gateway. */
export const PORT = 8443;

/** A team with a model of its own, and the namespace of it; and another team. */
export const TEAM = 'north';
export const TEAM_NAMESPACE = `ml-models-${TEAM}`;
export const OTHER_TEAM = 'south';

/** The hosts, without the domain. */
export const HOSTS = ['mlflow', 'app', 'models', `models-${TEAM}`, `models-${OTHER_TEAM}`] as const;

/** A way that some route of each host has; that of the models is one of a model. */
export const WAYS = { mlflow: '/some-way', app: '/some-way', models: '/seldon/ml-models/mlflow-wine/v2/x' } as const;

export const originOf = (name: (typeof HOSTS)[number]) => `https://${name}.ml.test:${PORT}`;

/** Who has signed the certificate of the issuer: no public authority. */
export const AUTHORITY = { name: 'company-ca', key: 'root.pem' } as const;

/** The namespace of the Gateway, and its GatewayClass. */
export const GATEWAYS = 'edge';
export const CLASS = 'traefik';

/**
 * Settings of a platform that they reach.
 * @param tls where certificates come from
 * @param teams their names
 */
export const settings = (tls: object, teams: readonly string[]) => ({
  teams: teams.map((name) => ({ name, group: groupOf(name) })),
  access: {
    kind: 'gateway',
    domain: 'ml.test',
    port: PORT,
    tls,
    gateway: { name: 'door', namespace: GATEWAYS, className: CLASS },
    signIn: {
      issuer: ISSUER,
      authority: { configMap: AUTHORITY.name, key: AUTHORITY.key },
      clientId: CLIENT.client_id,
      audiences: ['machines'],
      scope: 'openid email profile groups',
      groups: ['ml-team'],
    },
    frontend: { groups: ['ml-team', 'visitors'] },
  },
});

/** The group of a team. */
export const groupOf = (team: string) => `people-of-${team}`;

export const PEOPLE = {
  bob: { name: 'Bob', email: 'bob@ml.test', groups: ['ml-team'] },
  ann: { name: 'Ann', email: 'ann@ml.test', groups: ['ml-team', 'ml-admins'] },
  eve: { name: 'Eve', email: 'eve@ml.test', groups: ['visitors'] },
} as const;

export const CLIENT = {
  client_id: 'platform',
  client_secret: 'a-secret-that-the-issuer-made',
  redirect_uris: HOSTS.map((name) => `${originOf(name)}/oauth2/callback`),
  post_logout_redirect_uris: [`${originOf('mlflow')}/`],
  grant_types: ['authorization_code'],
  response_types: ['code'],
};

/** Programs, each with a secret and groups. */
export const ROBOTS = [
  { name: 'ci', secret: 'secret-of-ci', groups: ['ml-team'] },
  { name: 'admin', secret: 'secret-of-admin', groups: ['ml-admins'] },
  { name: 'outsider', secret: 'secret-of-outsider', groups: ['visitors'] },
  { name: TEAM, secret: `secret-of-${TEAM}`, groups: [groupOf(TEAM)] },
  { name: OTHER_TEAM, secret: `secret-of-${OTHER_TEAM}`, groups: [groupOf(OTHER_TEAM)] },
] as const;

export type Robot = (typeof ROBOTS)[number]['name'];

/** What tokens are asked for, and for whom and how long they are. */
export const AUDIENCES = {
  'urn:platform': { audience: 'machines', seconds: 3600 },
  'urn:brief': { audience: 'machines', seconds: 1 },
  'urn:other': { audience: 'another-service', seconds: 3600 },
} as const;
