/** The schema of `monitoring.alertmanager.receivers`: who is told of alerts. What is secret of them is given in a Secret. */
import * as z from 'zod';
import { flag, hostName, httpUrl, matching, oneOf, port } from '../../config/fields';
import { rules } from '../../config/rules';
import type { Severity } from './rules/alert';

const SEVERITIES = ['critical', 'warning', 'info'] as const satisfies readonly Severity[];

const severities = z
  .array(oneOf(SEVERITIES, 'critical'))
  .min(1, { error: 'must name at least one severity' })
  .default(['critical', 'warning'])
  .meta({ examples: [['critical']] })
  .describe('Alerts that it is told of: critical is for now, warning for this week, info is good to know');

const mailbox = (example: string) =>
  matching(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, 254, 'an address such as "ml-team@example.com"', example);

const webhook = z
  .strictObject({
    url: httpUrl('https://pager.example.com/alerts').describe('The address that alerts are posted to, as JSON'),
    token: flag(false).describe('Sends a bearer token, which is given as ALERTMANAGER_WEBHOOK_TOKEN'),
    severities,
  })
  .superRefine(
    rules(({ url, token }) => {
      if (!token || url.startsWith('https:')) return [];
      const message = `is true, and ${url} is not encrypted, so that the token could be read on its way; use https, or leave it out`;
      return [{ path: ['token'], message }];
    }),
  )
  .optional()
  .describe('A program of your own, or one that passes alerts on');

const slack = z
  .strictObject({
    channel: matching(/^[#@][^\s,#@]+$/, 80, 'a channel or a person, with "#" or "@" in front', '#ml-alerts').describe(
      'The channel; the address of the incoming webhook is given as ALERTMANAGER_SLACK_URL',
    ),
    severities,
  })
  .optional()
  .describe('Slack');

const email = z
  .strictObject({
    to: mailbox('ml-team@example.com').describe('Who is written to'),
    from: mailbox('alerts@example.com').describe('Who writes'),
    host: hostName('smtp.example.com').describe('The mail server'),
    port: port(587).default(587).describe('Its port; 465 speaks TLS from the start'),
    user: matching(/^\S+$/, 254, 'a name without spaces', 'alerts@example.com')
      .optional()
      .describe('Logs in by this name, with the password that is given as ALERTMANAGER_EMAIL_PASSWORD'),
    tls: flag(true).describe('Refuses a server that does not speak TLS'),
    severities,
  })
  .superRefine(
    rules(({ user, tls }) => {
      if (user === undefined || tls) return [];
      const message = 'is false, and the password of the user could be read on its way; set true, or leave user out';
      return [{ path: ['tls'], message }];
    }),
  )
  .optional()
  .describe('Mail');

export const receiversSchema = z
  .strictObject({ webhook, slack, email })
  .prefault({})
  .describe('Who is told of alerts; nobody where there is none: then Prometheus and Alertmanager show them');
