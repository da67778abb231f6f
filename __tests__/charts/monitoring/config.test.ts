/** What the configuration refuses of monitoring, and of what a model promises. */
import { modelRefuses, platformRefuses } from '../../support/refusals';

platformRefuses({
  'dashboards that would be empty': [
    [
      'without monitoring',
      'monitoring: {dashboards: {enabled: true}}',
      'monitoring.dashboards.enabled: is true, and nothing is scraped that they could show; set monitoring.enabled: true',
    ],
    [
      'without the Prometheus operator',
      'monitoring: {enabled: true, kind: annotations, dashboards: {enabled: true}}',
      'monitoring.dashboards.enabled: is true, and dashboards name series as the monitors of the Prometheus operator call them; set monitoring.kind: operator, or leave them out',
    ],
  ],
  'runbooks that no alert can lead to': [
    [
      'two words',
      'monitoring: {enabled: true, runbooks: "foo bar"}',
      'monitoring.runbooks: must be an address, not "foo bar", such as "https://docs.example.com/runbooks"',
    ],
  ],
  'dashboards that Grafana would not find': [
    [
      'a label that is no text',
      'monitoring: {enabled: true, dashboards: {enabled: true, labels: {grafana_dashboard: 1}}}',
      'monitoring.dashboards.labels.grafana_dashboard: must be text, not 1, such as "1"',
    ],
    [
      'a folder above its own',
      'monitoring: {enabled: true, dashboards: {enabled: true, folder: ../ml}}',
      'monitoring.dashboards.folder: must be the name of a folder: at most 100 letters, digits, spaces, "-", "_" or ".", starting and ending with a letter or digit, not "../ml", such as "ML platform"',
    ],
  ],
  'an age of copies that good ones reach': [
    [
      'a day and two hours, of weekly dumps',
      'monitoring: {enabled: true}\npostgresql: {backup: {enabled: true, schedule: "0 3 * * 0"}}',
      'monitoring.backupAge: is 26, and postgresql.backup.schedule: "0 3 * * 0" leaves up to 168 hours between copies, so that good ones would be too old; make it at least 169',
    ],
    [
      'a day, of base backups on workdays',
      'monitoring: {enabled: true, backupAge: 24}\ncertificates: {kind: own}\npostgresql: {kind: cloudNativePg, backup: {enabled: true, schedule: "0 0 3 * * mon-fri", store: {endpoint: "https://s3.example.com", bucket: base, accessKeyId: AK}}}',
      'monitoring.backupAge: is 24, and postgresql.backup.schedule: "0 0 3 * * mon-fri" leaves up to 72 hours between copies, so that good ones would be too old; make it at least 73',
    ],
    [
      'a day, of a bucket that is copied every other day',
      'monitoring: {enabled: true}\nobjectStore: {mirror: {endpoint: "https://s3.example.com", bucket: copy, schedule: "0 3 */2 * *"}}',
      'monitoring.backupAge: is 26, and objectStore.mirror.schedule: "0 3 */2 * *" leaves up to 48 hours between copies, so that good ones would be too old; make it at least 49',
    ],
  ],
});

const EMBEDDED = 'monitoring: {enabled: true, stack: embedded';
const refusedBy = (settings: string) => `${EMBEDDED}, ${settings}}`;
const receiver = (settings: string) => refusedBy(`alertmanager: {receivers: {${settings}}}`);

platformRefuses({
  'a stack that there is not': [
    [
      'a name of no stack',
      'monitoring: {stack: internal}',
      'monitoring.stack: must be one of external, embedded, not "internal"',
    ],
  ],
  'settings of the other stack': [
    [
      "the platform's own Prometheus beside that of the cluster",
      'monitoring: {enabled: true, prometheus: {retentionDays: 30}}',
      'monitoring.prometheus: is a field of stack embedded, and this is external; remove it, or change the stack',
    ],
    [
      'labels for an operator that there is not',
      refusedBy('labels: {release: prometheus}'),
      'monitoring.labels: is a field of stack external, and this is embedded; remove it, or change the stack',
    ],
    [
      'dashboards for a Grafana of the cluster',
      refusedBy('dashboards: {enabled: true}'),
      'monitoring.dashboards: is a field of stack external, and this is embedded; remove it, or change the stack',
    ],
    [
      'labels for the operator of a Prometheus',
      refusedBy('labels: {release: kps}'),
      'monitoring.labels: is a field of stack external, and this is embedded; remove it, or change the stack',
    ],
  ],
  'a Prometheus that could not do its work': [
    [
      'series that go before rules have looked at them',
      refusedBy('prometheus: {retentionDays: 3}'),
      'monitoring.prometheus.retentionDays: must be a whole number from 4 to 3650, not 3, such as 15',
    ],
    [
      'a volume that is full within hours',
      refusedBy('prometheus: {storage: {size: 512Mi}}'),
      'monitoring.prometheus.storage.size: is 512Mi, too small for the hours that Prometheus keeps before it packs them; make it at least 1Gi',
    ],
  ],
  'what is asked of the cluster': [
    [
      'copies that are too old before the next is made, which it sees as well',
      'monitoring: {enabled: true, stack: embedded}\npostgresql: {backup: {enabled: true, schedule: "0 3 * * 0"}}',
      'monitoring.backupAge: is 26, and postgresql.backup.schedule: "0 3 * * 0" leaves up to 168 hours between copies, so that good ones would be too old; make it at least 169',
    ],
    [
      'an address of a node in the place of a range',
      refusedBy('kubelets: {cidrs: [10.0.0.7]}'),
      'monitoring.kubelets.cidrs[0]: must be a range of addresses, not "10.0.0.7", such as "10.0.0.0/16"',
    ],
  ],
  'a receiver that would not be told, or would tell a secret': [
    [
      'a webhook without an address',
      receiver('webhook: {}'),
      'monitoring.alertmanager.receivers.webhook.url: is required, such as "https://pager.example.com/alerts"',
    ],
    [
      'an address with a password',
      receiver('webhook: {url: "https://user:word@pager.example.com/"}'),
      'monitoring.alertmanager.receivers.webhook.url: must be an http or https address, not "https://user:word@pager.example.com/", such as "https://pager.example.com/alerts"',
    ],
    [
      'a token that everybody on the way reads',
      receiver('webhook: {url: "http://pager.example.com/", token: true}'),
      'monitoring.alertmanager.receivers.webhook.token: is true, and http://pager.example.com/ is not encrypted, so that the token could be read on its way; use https, or leave it out',
    ],
    [
      'a channel without its sign',
      receiver('slack: {channel: ml-alerts}'),
      'monitoring.alertmanager.receivers.slack.channel: must be a channel or a person, with "#" or "@" in front, not "ml-alerts", such as "#ml-alerts"',
    ],
    [
      'the address of a channel, which is secret',
      receiver('slack: {channel: "#ml", url: "https://hooks.slack.com/services/x"}'),
      'monitoring.alertmanager.receivers.slack.url: unknown field; the fields here are channel, severities',
    ],
    [
      'mail to nobody, from nobody',
      receiver('email: {host: smtp.example.com}'),
      'monitoring.alertmanager.receivers.email.to: is required, such as "ml-team@example.com"',
      'monitoring.alertmanager.receivers.email.from: is required, such as "alerts@example.com"',
    ],
    [
      'a password that everybody on the way reads',
      receiver('email: {to: a@example.com, from: b@example.com, host: smtp.example.com, user: b, tls: false}'),
      'monitoring.alertmanager.receivers.email.tls: is false, and the password of the user could be read on its way; set true, or leave user out',
    ],
    [
      'a severity that no alert has',
      receiver('webhook: {url: "https://pager.example.com/", severities: [fatal]}'),
      'monitoring.alertmanager.receivers.webhook.severities[0]: must be one of critical, warning, info, not "fatal", such as "critical"',
    ],
    [
      'no severity',
      receiver('webhook: {url: "https://pager.example.com/", severities: []}'),
      'monitoring.alertmanager.receivers.webhook.severities: must name at least one severity, not an empty list, such as ["critical"]',
    ],
    [
      'a way that nobody has built',
      receiver('pager: {}'),
      'monitoring.alertmanager.receivers.pager: unknown field; the fields here are webhook, slack, email',
    ],
  ],
});

const MODEL = 'server: SKLEARN_SERVER\nuri: s3://models/a/1\n';

modelRefuses({
  'a promise that nobody can keep or measure': [
    [
      'more than all requests',
      `${MODEL}slo: {availability: 101}`,
      'slo.availability: must be a percentage from 50 to 99.999, not 101, such as 99.9',
    ],
    [
      'all requests, which leaves no budget',
      `${MODEL}slo: {availability: 100}`,
      'slo.availability: must be a percentage from 50 to 99.999, not 100, such as 99.9',
    ],
    [
      'a percentage as text',
      `${MODEL}slo: {availability: 99.9%}`,
      'slo.availability: must be a percentage from 50 to 99.999, not "99.9%", such as 99.9',
    ],
    [
      'late answers without a percentage',
      `${MODEL}slo: {availability: 99, latency: {within: 500ms}}`,
      'slo.latency.percent: is required, such as 95',
    ],
    [
      'a unit that nobody has',
      `${MODEL}slo: {availability: 99, latency: {percent: 95, within: 500 millis}}`,
      'slo.latency.within: must be one of 5ms, 10ms, 25ms, 50ms, 100ms, 250ms, 500ms, 1s, 2.5s, 5s, 10s, not "500 millis", such as "500ms"',
    ],
    [
      'a time between the buckets',
      `${MODEL}slo: {availability: 99, latency: {percent: 95, within: 300ms}}`,
      'slo.latency.within: must be one of 5ms, 10ms, 25ms, 50ms, 100ms, 250ms, 500ms, 1s, 2.5s, 5s, 10s, not "300ms", such as "500ms"',
    ],
    [
      'no availability',
      `${MODEL}slo: {latency: {percent: 95, within: 1s}}`,
      'slo.availability: is required, such as 99.9',
    ],
  ],
  'a detector that could not judge': [
    [
      'without its reference data',
      `${MODEL}protocol: seldon\ndetector: {kind: outlier}`,
      'detector.uri: is required, such as "s3://models/wine-reference/1"',
    ],
  ],
});
