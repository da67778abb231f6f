/** Random configurations, for properties that hold whatever an environment says. */
import fc from 'fast-check';
import { SERVERS, type ServerName } from '../../charts/models/image';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** A DNS label that starts with a letter. */
const name = (maxLength: number) =>
  fc
    .tuple(
      fc.constantFrom(...LETTERS),
      fc.string({ unit: fc.constantFrom(...LETTERS, ...'0123456789-'), maxLength: maxLength - 2 }),
      fc.constantFrom(...LETTERS, ...'0123456789'),
    )
    .map((parts) => parts.join(''));

const millicpu = fc.integer({ min: 1, max: 8000 });
const mebibytes = fc.integer({ min: 1, max: 65_536 });

/** Requests that do not exceed their limits. */
const resourcesWith = (leastMemory: number, disk: fc.Arbitrary<number>) =>
  fc.tuple(millicpu, millicpu, mebibytes, mebibytes, disk).map(([cpu, moreCpu, memory, moreMemory, scratch]) => ({
    requests: { cpu: `${cpu}m`, memory: `${memory}Mi`, 'ephemeral-storage': '1Mi' },
    limits: {
      cpu: `${cpu + moreCpu}m`,
      memory: `${Math.max(memory + moreMemory, leastMemory)}Mi`,
      'ephemeral-storage': `${scratch}Mi`,
    },
  }));
const resources = resourcesWith(1, fc.constant(1024));

const storage = fc.record({ size: mebibytes.map((size) => `${size}Mi`), className: name(20) }, { requiredKeys: [] });

const optional = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { requiredKeys: [] });

const digest = fc
  .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
  .map((hex) => `sha256:${hex}`);

/** The tracking server, and a database with as many connections as that needs. */
const tracking = fc
  .record({ replicas: fc.integer({ min: 1, max: 10 }), workers: fc.integer({ min: 1, max: 13 }), spare: fc.nat(200) })
  .chain(({ replicas, workers, spare }) => {
    const maxConnections = (replicas + 1) * (3 * workers + 1) * 4 + 8 + spare;
    return fc.record({
      mlflow: fc
        .record(
          {
            replicas: fc.constant(replicas),
            workers: fc.constant(workers),
            hosts: fc.uniqueArray(
              name(20).map((host) => `${host}.example.com`),
              { maxLength: 2 },
            ),
            staticPrefix: name(10).map((path) => `/${path}`),
            users: fc.boolean(),
            gc: optional({ enabled: fc.boolean() }),
            resources: resourcesWith(640 + workers * 320, mebibytes),
          },
          { requiredKeys: ['replicas', 'workers'] },
        )
        .map(({ users, ...mlflow }) => ({ ...mlflow, ...(users && { auth: 'basic', defaultPermission: 'EDIT' }) })),
      postgresql: fc.record(
        {
          storage,
          maxConnections: fc.constant(maxConnections),
          resources: resourcesWith(256 + 2 * maxConnections, mebibytes),
          backup: optional({
            enabled: fc.boolean(),
            keep: fc.integer({ min: 1, max: 365 }),
            restoreTest: optional({ enabled: fc.boolean() }),
          }),
        },
        { requiredKeys: ['maxConnections', 'resources'] },
      ),
    });
  });

/** What else platform.yaml may say, all but the front end's model. */
const platform = optional({
  clusterDomain: fc.tuple(name(10), name(5)).map((parts) => parts.join('.')),
  images: optional({
    registry: fc
      .tuple(name(10), name(5), fc.integer({ min: 1, max: 65_535 }))
      .map(([host, top, port]) => `${host}.${top}:${port}/mirror`),
    pullSecret: name(30),
    overrides: optional({
      postgresql: optional({ tag: name(20), digest }),
      seldonOperator: optional({ digest, pullPolicy: fc.constantFrom('Always', 'Never') }),
      mlserverMlflow: optional({ repository: name(20).map((path) => `example.com/${path}`) }),
    }),
  }),
  networkPolicies: optional({
    enabled: fc.boolean(),
    apiServer: optional({
      cidrs: fc.subarray(['10.0.0.1/32', 'fd00::/8']),
      ports: fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 3 }),
    }),
    clients: optional({
      mlflow: fc.uniqueArray(name(20), { maxLength: 2 }),
      models: fc.uniqueArray(name(20), { maxLength: 2 }),
    }),
  }),
  monitoring: fc.oneof(
    fc.record(
      {
        stack: fc.constant('embedded'),
        enabled: fc.boolean(),
        grafana: optional({ enabled: fc.boolean() }),
        kubelets: optional({ enabled: fc.boolean(), verified: fc.boolean(), cidrs: fc.subarray(['10.0.0.0/16']) }),
        alertmanager: optional({
          storage,
          receivers: optional({
            slack: name(20).map((channel) => ({ channel: `#${channel}` })),
            webhook: name(20).map((host) => ({ url: `https://${host}.example.com/` })),
          }),
        }),
      },
      { requiredKeys: ['stack', 'enabled'] },
    ),
    optional({ enabled: fc.boolean(), namespace: name(20) }),
    fc.constant({ enabled: true, dashboards: { enabled: true } }),
  ),
  logging: optional({
    level: fc.constantFrom('debug', 'info', 'warning', 'error'),
    format: fc.constantFrom('text', 'json'),
  }),
  objectStore: optional({ storage, resources, console: fc.boolean(), backups: optional({ enabled: fc.boolean() }) }),
  training: optional({ enabled: fc.boolean(), verify: fc.boolean(), resources }),
  seldon: optional({
    certificates: fc.constantFrom('manager', 'cert-manager'),
    istio: optional({ enabled: fc.boolean() }),
    ambassador: optional({ enabled: fc.boolean(), namespace: name(20) }),
    resources,
  }),
});

const column = fc
  .tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 1000 }), fc.boolean())
  .chain(([min, span, ranged]) =>
    fc.record(
      {
        name: fc
          .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
          .filter((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text)),
        type: fc.constantFrom('integer', 'double'),
        default: fc.integer({ min, max: min + span }),
        ...(ranged ? { min: fc.constant(min), max: fc.constant(min + span) } : {}),
      },
      { requiredKeys: ['name'] },
    ),
  );

const form = fc.record(
  {
    title: name(30),
    inputs: fc.uniqueArray(column, { selector: (input) => input.name, minLength: 1, maxLength: 5 }),
    output: optional({ label: name(10), unit: name(5), min: fc.constant(-1), max: fc.constant(1) }),
  },
  { requiredKeys: ['inputs'] },
);

const model = fc.constantFrom(...(Object.keys(SERVERS) as ServerName[])).chain((server) =>
  fc.record(
    {
      server: fc.constant(server),
      protocol: fc.constantFrom(...Object.keys(SERVERS[server])),
      // HUGGINGFACE_SERVER asks for one.
      parameters: fc.constant({ task: 'fill-mask' }),
      uri: name(30).map((path) => `s3://models/${path}/1`),
      predictor: name(10),
      node: name(10),
      replicas: fc.integer({ min: 0, max: 100 }),
      engine: fc.boolean(),
      resources,
      form,
    },
    { requiredKeys: ['server', 'protocol', 'parameters', 'uri', 'engine', 'form'] },
  ),
);

/** An environment's files as values: settings, and models by their names. */
export const environment = fc
  .record({
    platform,
    tracking: fc.option(tracking),
    models: fc.dictionary(name(20), model, { maxKeys: 4 }),
    frontend: fc.boolean(),
  })
  .map(({ platform: settings, tracking: servers, models, frontend }) => {
    const served = Object.entries(models).find(([, { protocol }]) => protocol !== 'tensorflow');
    return {
      models,
      platform: { ...settings, ...servers, frontend: served && frontend ? { model: served[0] } : { enabled: false } },
    };
  });
