/**
 * An OpenID Connect issuer for tests: oidc-provider, with people who sign in by their name and any password, and programs
 * that get tokens. Reads its settings as JSON from its first argument; source of the options: README.md of oidc-provider.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import Provider from 'oidc-provider';

const { issuer, address, certificate, key, people, client, robots, audiences } = JSON.parse(process.argv[2] ?? '{}');

const provider = new Provider(issuer, {
  clients: [
    client,
    ...robots.map(({ name, secret }) => ({
      client_id: name,
      client_secret: secret,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })),
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
  scopes: ['openid', 'email', 'profile', 'groups'],
  cookies: { keys: ['a key of this test'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id], email_verified: true }) }),
  // What a token of a program says of it; a person's groups come with their claims.
  extraTokenClaims: (_, { clientId }) => ({ groups: robots.find(({ name }) => name === clientId)?.groups }),
  // Nobody is asked to agree.
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope('openid email profile groups');
    await grant.save();
    return grant;
  },
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        scope: '',
        accessTokenFormat: 'jwt',
        audience: audiences[resource].audience,
        accessTokenTTL: audiences[resource].seconds,
      }),
    },
  },
});

const { hostname, port } = new URL(issuer);
const files = { cert: readFileSync(certificate), key: readFileSync(key) };
createServer(files, provider.callback()).listen(Number(port), address, () => console.log(`issuer of ${hostname}`));
