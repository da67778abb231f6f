/** From a model's detector to what watches its requests; model, store and namespace are of no environment. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Detector, detectorUrl } from '../../../charts/detector/detector';
import type { DetectorProps } from '../../../charts/detector/props';
import type { Pods } from '../../../charts/lib/endpoint';
import { withFolder, writeFiles } from '../../support/environments';
import { build, envOf, foreignBucket, foreignImages, foreignResources } from '../../support/foreign';
import { find, type KubernetesObject } from '../../support/platform';
import { describePython, SCRIPT_TIMEOUT } from '../../support/scripts';

const callers: Pods = { kind: 'pods', name: 'callers-x', namespace: 'models-x', labels: { caller: 'x' } };

function render(change: Partial<DetectorProps> = {}) {
  const { component, objects } = build(
    (app) =>
      new Detector(app, {
        namespace: 'models-x',
        model: 'model-x',
        protocol: 'seldon',
        callers,
        image: foreignImages.alibiDetect,
        initializer: foreignImages.seldonInitializer,
        store: foreignBucket,
        storeSecret: 'secret-x',
        kind: 'outlier',
        uri: 's3://lake/detector/3',
        resources: foreignResources,
        ...change,
      }),
  );
  const pod = find(objects, 'Deployment', 'model-x-detector').spec.template.spec;
  return { component, objects, pod, server: pod.containers[0], fetcher: pod.initContainers[0] };
}
const outlier = render();
const v2 = render({ protocol: 'v2', image: foreignImages.mlserverSklearn, kind: 'drift', batchSize: 77 });

test('listens where the executor of its model is told to post', () => {
  const { service, namespace, port } = outlier.component.endpoint;
  const url = detectorUrl({ name: 'model-x', protocol: 'tensorflow' }, 'models-x');
  expect(url).toBe(`http://${service}.${namespace}.svc:${port}/`);
  expect(outlier.server.args).toContain(`--http_port=${port}`);
});

describe('of the v2 protocol', () => {
  const { server, pod, objects } = v2;
  const env = envOf(server);

  test('is a model of MLServer, to which the executor is told to post', () => {
    const { service, namespace, port } = v2.component.endpoint;
    const url = detectorUrl({ name: 'model-x', protocol: 'v2' }, 'models-x');
    expect(url).toBe(`http://${service}.${namespace}.svc:${port}/v2/models/${env.MLSERVER_MODEL_NAME}/infer`);
    expect(env.MLSERVER_HTTP_PORT).toBe(String(port));
    expect(server.image).toBe(foreignImages.mlserverSklearn.reference);
  });

  test('has the class that MLServer is told to load, in a folder that it looks in', () => {
    const [module, name] = (env.MLSERVER_MODEL_IMPLEMENTATION ?? '').split('.');
    const { data } = find(objects, 'ConfigMap', 'model-x-detector');
    expect(data[`${module}.py`]).toContain(`class ${name}(MLModel)`);
    const { volume } = mountOf(server, server.command[2]);
    expect(server.command.slice(0, 2)).toEqual(['mlserver', 'start']);
    // Any user may enter it, as with podSecurity.uids: high; the image's own folder lets in its own alone.
    expect(server.workingDir).toBe('/tmp');
    expect(pod.volumes.find((one: { name: string }) => one.name === volume).configMap.name).toBe('model-x-detector');
  });

  test('starts anew with another program, which is no part of its pods', () => {
    const { annotations } = find(objects, 'Deployment', 'model-x-detector').spec.template.metadata;
    expect(annotations['checksum/script']).toMatch(/^[0-9a-f]{64}$/);
  });

  test('reads what it compares with where it was put, and only reads it', () => {
    expect(v2.fetcher.args).toEqual(['s3://lake/detector/3', env.FILES]);
    expect(mountOf(server, env.FILES)).toMatchObject({ readOnly: true });
  });

  test('runs as the user of its image', () => {
    expect(pod.securityContext.runAsUser).toBe(1000);
    expect(outlier.pod.securityContext.runAsUser).toBe(8888);
  });

  test('is told what to look for, in how many rows, how often it may be wrong, and whom to tell', () => {
    expect(env).toMatchObject({ KIND: 'drift', BATCH_SIZE: '77', FALSE_ALARMS: '1' });
    expect(env).not.toHaveProperty('REPLY_URL');
    const told = render({ protocol: 'v2', falseAlarms: 0.7, replyUrl: 'http://a.test/' });
    expect(envOf(told.server)).toMatchObject({ KIND: 'outlier', FALSE_ALARMS: '0.7', REPLY_URL: 'http://a.test/' });
    expect(envOf(told.server)).not.toHaveProperty('BATCH_SIZE');
    expect(envOf(told.server).EVENT_SOURCE).toContain('model-x');
  });

  test('logs as it is told', () => {
    const { server } = render({ protocol: 'v2', logging: { level: 'error', json: true } });
    expect(envOf(server)).toMatchObject({
      MLSERVER_USE_STRUCTURED_LOGGING: 'true',
      MLSERVER_LOGGING_SETTINGS: expect.stringContaining('"ERROR"'),
    });
  });
});

test('loads the detector that was fetched for it, by the Secret of the models', () => {
  expect(outlier.fetcher).toMatchObject({
    image: foreignImages.seldonInitializer.reference,
    args: ['s3://lake/detector/3', '/mnt/models'],
    envFrom: [{ secretRef: { name: 'secret-x' } }],
  });
  expect(outlier.server.args).toContain('--storage_uri=/mnt/models');
});

const mountOf = ({ volumeMounts }: KubernetesObject['spec'], path: string | undefined) => {
  const mount = volumeMounts.find(({ mountPath }: { mountPath: string }) => mountPath === path);
  return { ...mount, volume: mount.name };
};

/** The options of adserver/__main__.py, and those of its subcommands; what it does not know it drops without a word. */
const PARSER = `
import argparse, json, sys
parser = argparse.ArgumentParser(add_help=False)
for option in ["http_port", "protocol", "reply_url", "event_source", "event_type", "model_name", "storage_uri"]:
    parser.add_argument("--" + option)
commands = parser.add_subparsers(dest="command")
commands.add_parser("DriftDetector").add_argument("--drift_batch_size", type=int)
commands.add_parser("AdversarialDetector")
commands.add_parser("OutlierDetector")
known, dropped = parser.parse_known_args(sys.argv[1:])
print(json.dumps({**vars(known), "dropped": dropped}))
`;

describePython('the program understands its arguments', () => {
  const parsed = (change: Partial<DetectorProps>) => {
    const { stdout } = spawnSync('python3', ['-c', PARSER, ...render(change).server.args], { encoding: 'utf8' });
    return JSON.parse(stdout);
  };

  test.each([
    ['outlier', 'OutlierDetector'],
    ['adversarial', 'AdversarialDetector'],
  ] as const)(
    '%s is the class %s',
    (kind, command) => {
      expect(parsed({ kind, replyUrl: 'http://a.test/' })).toMatchObject({
        command,
        reply_url: 'http://a.test/',
        dropped: [],
      });
    },
    SCRIPT_TIMEOUT,
  );

  test(
    'drift is looked for in as many rows as it is told',
    () => {
      expect(parsed({ kind: 'drift', batchSize: 77 })).toMatchObject({
        command: 'DriftDetector',
        drift_batch_size: 77,
        dropped: [],
      });
    },
    SCRIPT_TIMEOUT,
  );
});

describePython('the start', () => {
  const [program, flag, script, port] = outlier.server.startupProbe.exec.command;

  test('asks the server itself', () => {
    expect([program, flag, port]).toEqual(['python', '-c', String(outlier.component.endpoint.port)]);
  });

  test.each([
    ['ends when the detector is loaded', 400, 0],
    ['goes on while it cannot be loaded', 500, 1],
  ])(
    '%s',
    async (_, status, code) => {
      const server = createServer((request, response) => {
        response.writeHead(request.method === 'POST' && request.url === '/' ? status : 404).end();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port: free } = server.address() as AddressInfo;
      const [exit] = await once(spawn('python3', ['-c', script, String(free)]), 'exit');
      server.close();
      expect(exit).toBe(code);
    },
    SCRIPT_TIMEOUT,
  );
});

describePython('the program', () => {
  const [program, flag, script] = outlier.server.command;
  /** As much of the server as the script touches: each event asks for the name of the worker. */
  const FAKE = {
    'server.py': `
import itertools
class SeldonMetrics:
    def __init__(self, worker_id_func, extra_default_labels):
        self.names = {worker_id_func() for _ in range(3)}
        self.labels = extra_default_labels
class CEServer:
    def __init__(self):
        numbers = itertools.count()
        self.metrics = SeldonMetrics(worker_id_func=lambda: str(next(numbers)), extra_default_labels={"a": "b"})
`,
    '__main__.py': `
import json, sys
from adserver.server import CEServer
metrics = CEServer().metrics
print(json.dumps({"names": sorted(metrics.names), "labels": metrics.labels, "args": sys.argv[1:]}))
`,
    '__init__.py': '',
  };

  test(
    'is the one of the image, whose worker has one name',
    () => {
      const files = Object.entries(FAKE).map(([name, text]) => [`adserver/${name}`, text] as const);
      const { stdout } = withFolder((folder) => {
        writeFiles(folder, Object.fromEntries(files));
        return spawnSync('python3', [flag, script, '--http_port=1', 'OutlierDetector'], {
          cwd: folder,
          encoding: 'utf8',
        });
      });
      expect(program).toBe('python');
      expect(JSON.parse(stdout)).toEqual({
        names: ['server'],
        labels: { a: 'b' },
        args: ['--http_port=1', 'OutlierDetector'],
      });
    },
    SCRIPT_TIMEOUT,
  );
});

test('has as much disk for its files, which it copies to /tmp, as it may use', () => {
  const disk = { 'ephemeral-storage': '7Gi' };
  const { pod, fetcher } = render({ resources: { requests: disk, limits: disk } });
  expect(pod.volumes.map(({ emptyDir }: KubernetesObject['spec']) => emptyDir.sizeLimit)).toEqual(['7Gi', '7Gi']);
  expect(fetcher.resources.limits).toMatchObject(disk);
});

test('is fetched with what rclone has to be told', () => {
  const { fetcher } = render({ storeVariables: { OPTION_X: 'y' } });
  expect(envOf(fetcher)).toEqual({ HOME: '/tmp', OPTION_X: 'y' });
});

test('reads the protocol of the model', () => {
  expect(render({ protocol: 'tensorflow' }).server.args).toContain('--protocol=tensorflow.http');
});

test('is called by the pods of its model, and calls the store and whom it tells', () => {
  const { edges } = render({ replyUrl: 'http://alerts.team-x.svc:7070/x' }).component;
  expect(edges).toMatchObject([
    { from: callers, to: { kind: 'pods', namespace: 'models-x' } },
    { from: { kind: 'pods', namespace: 'models-x' }, to: foreignBucket.endpoint.pods },
    { from: { kind: 'pods', namespace: 'models-x' }, to: { kind: 'namespace', name: 'team-x' }, ports: [7070] },
  ]);
  expect(outlier.component.edges).toHaveLength(2);
});

test('names its deployment in its metrics', () => {
  expect(envOf(outlier.server)).toMatchObject({
    SELDON_DEPLOYMENT_ID: 'model-x',
    SELDON_DEPLOYMENT_NAMESPACE: 'models-x',
    PREDICTIVE_UNIT_ID: 'model-x-outlier',
    PREDICTIVE_UNIT_IMAGE: foreignImages.alibiDetect.reference,
  });
});

test.each([
  ['seldon', '/v1/metrics'],
  ['v2', '/metrics'],
] as const)('of the protocol %s is scraped at %s where there is monitoring', (protocol, metrics) => {
  const monitoring = { namespace: 'metrics-x', labels: { scraped: 'x' } };
  const { component, objects, pod } = render({ protocol, monitoring });
  const monitor = find(objects, 'PodMonitor', 'model-x-detector');
  const { labels } = find(objects, 'Deployment', 'model-x-detector').spec.template.metadata;
  expect(monitor.metadata.labels).toMatchObject({ scraped: 'x' });
  expect(labels).toMatchObject(monitor.spec.selector.matchLabels);
  const [{ port, path }] = monitor.spec.podMetricsEndpoints;
  expect(path).toBe(metrics);
  expect(component.edges).toContainEqual({
    from: { kind: 'namespace', name: 'metrics-x' },
    to: component.endpoint.pods,
    ports: [pod.containers[0].ports.find(({ name }: { name: string }) => name === port).containerPort],
  });
});
