/** Every field that is an address refuses what has the form of one, and that no program can take apart. */
import { problemsIn } from '../support/environments';

const MODEL = 'server: SKLEARN_SERVER\nuri: s3://models/a\n';
const ADDRESSES = ['http://a.test:99999', 'http://10.0.0.300'];

const REFUSED = 'must have a host that there can be, and no port above 65535';

test.each([
  ['tracing.endpoint', (url: string) => `tracing: {endpoint: "${url.replace('300', '300:4317')}"}`],
  ['tracing.jaeger', (url: string) => `tracing: {endpoint: "http://otel.test:4317", jaeger: "${url}"}`],
  [
    'access.signIn.issuer',
    (url: string) =>
      `access: {kind: gateway, domain: ml.test, signIn: {issuer: "${url}", clientId: ml, anybody: true}}`,
  ],
  [
    'monitoring.alertmanager.receivers.webhook.url',
    (url: string) => `monitoring: {stack: embedded, alertmanager: {receivers: {webhook: {url: "${url}"}}}}`,
  ],
  [
    'postgresql.backup.store.endpoint',
    (url: string) =>
      `postgresql: {kind: cloudNativePg, backup: {store: {endpoint: "${url}", bucket: dumps, accessKeyId: a}}}`,
  ],
  [
    'postgresql.backup.store.endpoint',
    (url: string) => `postgresql: {backup: {store: {endpoint: "${url}", bucket: dumps}}}`,
  ],
  ['objectStore.endpoint', (url: string) => `objectStore: {kind: external, endpoint: "${url}"}`],
  ['objectStore.mirror.endpoint', (url: string) => `objectStore: {mirror: {endpoint: "${url}", bucket: second}}`],
])('%s of platform.yaml', (field, platform) => {
  for (const url of ADDRESSES)
    expect(problemsIn({ 'test/platform.yaml': `frontend: {enabled: false}\n${platform(url)}` })).toEqual([
      expect.stringContaining(`platform.yaml: ${field}: ${REFUSED}`),
    ]);
});

test.each([
  ['logger.url', (url: string) => `logger: {url: "${url}"}`],
  ['detector.replyUrl', (url: string) => `detector: {kind: outlier, uri: s3://models/d, replyUrl: "${url}"}`],
])('%s of a model file', (field, model) => {
  for (const url of ADDRESSES)
    expect(
      problemsIn({ 'test/platform.yaml': 'frontend: {enabled: false}', 'test/models/m.yaml': MODEL + model(url) }),
    ).toEqual([expect.stringContaining(`models/m.yaml: ${field}: ${REFUSED}`)]);
});
