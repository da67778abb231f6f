/** The configuration of Alertmanager: who is told of what. What is secret is in files that it names. */
import { type Peer, peerOf } from '../../lib/endpoint';
import { Credential, type SecretText, secretText } from '../../lib/secret';
import { toYaml } from '../../lib/yaml';
import type { Severity } from '../rules/alert';

interface Told {
  readonly severities: readonly Severity[];
}

/** Who is told. @default - nobody */
export interface Receivers {
  /** A program. With `token` a bearer token is sent, which is given. */
  readonly webhook?: Told & { readonly url: string; readonly token: boolean };
  /** The address of the incoming webhook is given. */
  readonly slack?: Told & { readonly channel: string };
  /** The password of a user is given. */
  readonly email?: Told & {
    readonly to: string;
    readonly from: string;
    readonly host: string;
    readonly port: number;
    readonly user?: string;
    readonly tls: boolean;
  };
}

export const SECRETS_PATH = '/run/secrets/alertmanager';
const KEYS = { token: 'webhook-token', slack: 'slack-url', password: 'email-password' } as const;

/** What receivers need that is secret, by its key. */
export function secretsOf({ webhook, slack, email }: Receivers): Record<string, SecretText> {
  const given = (id: string, what: string) => secretText`${new Credential(id, what, 'given')}`;
  return {
    ...(webhook?.token && {
      [KEYS.token]: given('ALERTMANAGER_WEBHOOK_TOKEN', `the bearer token that ${webhook.url} takes`),
    }),
    ...(slack && {
      [KEYS.slack]: given('ALERTMANAGER_SLACK_URL', `the address of the incoming webhook for ${slack.channel}`),
    }),
    ...(email?.user !== undefined && {
      [KEYS.password]: given('ALERTMANAGER_EMAIL_PASSWORD', `the password of ${email.user} at ${email.host}`),
    }),
  };
}

/** Where alerts are sent to from a namespace. */
export const addressesOf = (
  { webhook, slack, email }: Receivers,
  from: string,
): { readonly peer: Peer; readonly port: number }[] => [
  ...(webhook ? [peerOf(webhook.url, from)] : []),
  ...(slack ? [{ peer: { kind: 'internet' }, port: 443 } as const] : []),
  ...(email ? [peerOf(`http://${email.host}:${email.port}`, from)] : []),
];

/** The receiver of those that nobody is told of. */
const NOBODY = 'nobody';
const file = (key: string) => `${SECRETS_PATH}/${key}`;

export function alertmanagerConfig(receivers: Receivers): string {
  const told = Object.entries(receivers).flatMap(([name, receiver]) => (receiver ? [{ name, ...receiver }] : []));
  return toYaml([
    {
      route: {
        receiver: NOBODY,
        group_by: ['alertname', 'namespace'],
        group_wait: '30s',
        group_interval: '5m',
        repeat_interval: '12h',
        ...(told.length > 0 && {
          routes: told.map(({ name, severities }) => ({
            receiver: name,
            matchers: [`severity=~"${severities.join('|')}"`],
            // The next one is told as well.
            continue: true,
          })),
        }),
      },
      // Who is told that something is critical need not be told that it is worth a look.
      inhibit_rules: [
        {
          source_matchers: ['severity="critical"'],
          target_matchers: ['severity=~"warning|info"'],
          equal: ['alertname', 'namespace', 'model'],
        },
      ],
      receivers: [{ name: NOBODY }, ...configurations(receivers)],
    },
  ]);
}

function configurations({ webhook, slack, email }: Receivers): object[] {
  return [
    ...(webhook
      ? [
          {
            name: 'webhook',
            webhook_configs: [
              {
                url: webhook.url,
                ...(webhook.token && { http_config: { authorization: { credentials_file: file(KEYS.token) } } }),
              },
            ],
          },
        ]
      : []),
    ...(slack
      ? [
          {
            name: 'slack',
            slack_configs: [
              { api_url_file: file(KEYS.slack), channel: slack.channel, send_resolved: true, text: TEXT },
            ],
          },
        ]
      : []),
    ...(email
      ? [
          {
            name: 'email',
            email_configs: [
              {
                to: email.to,
                from: email.from,
                smarthost: `${email.host}:${email.port}`,
                require_tls: email.tls,
                send_resolved: true,
                ...(email.user !== undefined && {
                  auth_username: email.user,
                  auth_password_file: file(KEYS.password),
                }),
              },
            ],
          },
        ]
      : []),
  ];
}

/** Of each alert, the line for people and the way to its runbook. */
const TEXT = '{{ range .Alerts }}{{ .Annotations.summary }} ({{ .Annotations.runbook_url }})\n{{ end }}';
