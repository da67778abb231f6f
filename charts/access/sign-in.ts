/** The schema of `access.signIn` in platform.yaml: who may come in, and who says who somebody is. */
import * as z from 'zod';
import { httpUrl, matching, oneOf, text } from '../../config/fields';
import { rules } from '../../config/rules';
import { authorityField } from '../certificates/authority-config';
import { issuerGroup } from './groups';

const list = (example: string) =>
  z
    .array(text(example).min(1, { error: 'must not be empty' }), { error: 'must be a list' })
    .meta({ examples: [[example]] });

const domain = matching(
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/,
  253,
  'a domain of e-mail addresses; to let everybody of the issuer in, write "anybody: true"',
  'example.com',
);

export const signInSchema = z
  .strictObject({
    issuer: httpUrl('https://login.example.com/realms/ml').describe(
      'The OpenID Connect issuer, as it stands in its tokens; it publishes /.well-known/openid-configuration',
    ),
    authority: authorityField('company-ca').describe(
      "Who has signed the issuer's certificate, where that is none of the public authorities: an object in each namespace of what is exposed",
    ),
    clientId: text('ml-platform')
      .min(1, { error: 'must not be empty' })
      .describe('The client that the issuer knows the platform by'),
    audiences: list('ml-platform-machines')
      .default([])
      .describe('Further audiences of bearer tokens, beside the client: those that machines get'),
    scope: text('openid email profile groups')
      .default('openid email profile')
      .describe('What a person is asked to agree to; some issuers give groups only for a scope'),
    groupsClaim: text('groups').default('groups').describe('The claim of a token that lists groups'),
    groups: z
      .array(issuerGroup('ml-team', 'to let everybody of the issuer in, write "anybody: true"'), {
        error: 'must be a list',
      })
      .default([])
      .meta({ examples: [['ml-team']] })
      .describe('Groups that may come in; all where empty'),
    emailDomains: z
      .array(domain)
      .default([])
      .meta({ examples: [['example.com']] })
      .describe('Domains of e-mail addresses that may come in; all where empty'),
    anybody: z
      .boolean({ error: 'must be true or false' })
      .default(false)
      .meta({ examples: [true] })
      .describe('Lets everybody in whom the issuer knows, without groups or domains'),
    sameSite: oneOf(['lax', 'strict'], 'lax')
      .default('lax')
      .describe('Whether the session goes along when another site links here'),
    session: matching(/^[1-9]\d*[hm]$/, 8, 'a time in hours or minutes', '12h')
      .default('12h')
      .describe('How long a person stays signed in'),
  })
  .superRefine(
    rules(({ issuer, authority, scope }) => [
      // OpenID Connect Core 3.1.2.1: without it, the issuer gives no token that says who somebody is.
      ...(scope.split(' ').includes('openid')
        ? []
        : [{ path: ['scope'], message: `must have openid among its words, such as "openid ${scope}"` }]),
      ...(authority && issuer.startsWith('http:')
        ? [{ path: ['authority'], message: 'is for https, and issuer is http; remove one or change the other' }]
        : []),
      ...(issuer.includes('/.well-known/')
        ? [
            {
              path: ['issuer'],
              message: `is ${issuer}, the document that the issuer publishes; write what stands before it, such as "${issuer.replace(/\/\.well-known\/.*/, '')}"`,
            },
          ]
        : []),
    ]),
  )
  .superRefine(({ groups, emailDomains, anybody }, context) => {
    const limited = groups.length > 0 || emailDomains.length > 0;
    if (limited !== anybody) return;
    const message = anybody
      ? 'stands beside groups or emailDomains, which let only some in; remove one of the two'
      : 'lets in everybody whom the issuer knows, at a public issuer everybody there is; list groups, such as ["ml-team"], or emailDomains, or write anybody: true';
    context.addIssue({
      code: 'custom',
      path: [anybody ? 'anybody' : 'groups'],
      message,
      params: { complete: true },
    });
  })
  .describe('Sign-in by OpenID Connect in front of everything that is exposed');
