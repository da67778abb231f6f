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
