/** `ml-platform models import`: SeldonDeployments of many kinds become model files that synth accepts. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { runCli } from '../../support/cli';
import { environmentsIn, writeFiles } from '../../support/environments';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'import-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const PLATFORM =
  'frontend: {enabled: false}\naccess: {kind: gateway, domain: ml.test}\nseldon: {keda: {enabled: true}, istio: {enabled: true}}\nmodelStores: {gs: {secret: gcs}}\n';

/** A SeldonDeployment, as a team would have it. */
const deployment = (spec: string, name = 'm') =>
  `apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const predictor = (fields: string) => `{predictors: [{name: default, ${fields}}]}`;

async function imported(text: string, ...args: string[]) {
  writeFiles(root, { 'sdep.yaml': text });
  return runCli(root, ['models', 'import', 'sdep.yaml', ...args]);
}

type Case = readonly [kind: string, spec: string, model: string, ...notes: string[]];

const CASES: readonly Case[] = [
  [
    'a prepackaged server',
    predictor('graph: {name: classifier, implementation: SKLEARN_SERVER, modelUri: s3://models/a}, replicas: 3'),
    '{protocol: seldon, server: SKLEARN_SERVER, uri: s3://models/a, replicas: 3}',
  ],
  [
    'names that are not the usual ones, and a protocol by its old name',
    '{protocol: kfserving, predictors: [{name: p, graph: {name: n, implementation: TRITON_SERVER, modelUri: gs://b/a, envSecretRefName: s}}]}',
    '{server: TRITON_SERVER, uri: gs://b/a, node: n, predictor: p}',
    'spec.predictors[0].graph.envSecretRefName: platform.yaml names the Secret of a store, as modelStores.gs.secret',
  ],
  [
    'an image with what it is run with',
    predictor(`graph: {name: n, type: MODEL, endpoint: {type: REST}}, componentSpecs: [{spec: {
      volumes: [{name: v, configMap: {name: labels}}, {name: w, hostPath: {path: /data}}],
      containers: [{name: n, image: "r.test/i:1", args: [-x], env: [{name: A, value: b}, {name: T, valueFrom: {secretKeyRef: {name: s, key: t}}}, {name: P, valueFrom: {fieldRef: {fieldPath: metadata.name}}}], envFrom: [{secretRef: {name: s}}],
        volumeMounts: [{name: v, mountPath: /labels}], ports: [{name: http, containerPort: 7000}],
        securityContext: {runAsUser: 77, privileged: true}}]}}]`),
    `{protocol: seldon, image: "r.test/i:1", node: n, container: {port: 7000, args: [-x], env: {A: b, T: {secret: s, key: t}}, secrets: [s], volumes: [{path: /labels, configMap: labels}], uid: 77}}`,
    'spec.predictors[0].componentSpecs[0].spec.volumes[1].hostPath: a model file has no place for it',
    'spec.predictors[0].componentSpecs[0].spec.containers[0].env[2].valueFrom.fieldRef: a model file has no place for it',
    'spec.predictors[0].componentSpecs[0].spec.containers[0].securityContext.privileged: a model file has no place for it',
  ],
  [
    'empty folders, on the disk and in memory',
    predictor(`graph: {name: n}, componentSpecs: [{spec: {
      volumes: [{name: a, emptyDir: {sizeLimit: 3Gi}}, {name: b, emptyDir: {}}, {name: c, emptyDir: {medium: Memory, sizeLimit: 300Mi}}, {name: d, emptyDir: {medium: Memory}}],
      containers: [{name: n, image: "r.test/i:1", volumeMounts: [{name: a, mountPath: /cache}, {name: b, mountPath: /tmp}, {name: c, mountPath: /dev/shm}, {name: d, mountPath: /fast}, {name: e, mountPath: /gone}]}]}}]`),
    '{protocol: seldon, image: "r.test/i:1", node: n, container: {scratch: [/cache], sharedMemory: 300Mi}}',
    'spec.predictors[0].componentSpecs[0].spec.volumes[0].emptyDir.sizeLimit: it follows from resources.limits.ephemeral-storage',
    'spec.predictors[0].componentSpecs[0].spec.containers[0].volumeMounts[3]: its volume d is in memory, which a model file has at /dev/shm alone, with a sizeLimit',
    'spec.predictors[0].componentSpecs[0].spec.containers[0].volumeMounts[4]: its volume e is not among those of the pod',
  ],
  [
    'a canary, and a shadow under names of their own',
    `{predictors: [
      {name: a, traffic: 80, graph: {name: x, implementation: XGBOOST_SERVER, modelUri: s3://models/1}},
      {name: b, traffic: 20, graph: {name: y, implementation: XGBOOST_SERVER, modelUri: s3://models/2}},
      {name: c, shadow: true, labels: {v: "3"}, graph: {name: z, implementation: XGBOOST_SERVER, modelUri: s3://models/3}}]}`,
    `{protocol: seldon, predictors: [
      {name: a, traffic: 80, graph: {name: x, server: XGBOOST_SERVER, uri: s3://models/1}},
      {name: b, traffic: 20, graph: {name: y, server: XGBOOST_SERVER, uri: s3://models/2}},
      {name: c, shadow: true, labels: {v: "3"}, graph: {name: z, server: XGBOOST_SERVER, uri: s3://models/3}}]}`,
  ],
  [
    'traffic that follows from the number of pods',
    `{predictors: [
      {name: a, replicas: 2, graph: {name: classifier, implementation: SKLEARN_SERVER, modelUri: s3://models/1}},
      {name: b, replicas: 1, graph: {name: classifier, implementation: SKLEARN_SERVER, modelUri: s3://models/2}}]}`,
    `{protocol: seldon, predictors: [
      {name: a, traffic: 67, replicas: 2, server: SKLEARN_SERVER, uri: s3://models/1},
      {name: b, traffic: 33, server: SKLEARN_SERVER, uri: s3://models/2}]}`,
  ],
  [
    'a graph in several pods',
    predictor(`graph: {name: t, type: TRANSFORMER, children: [{name: m, implementation: SKLEARN_SERVER, modelUri: s3://models/a}]},
      componentSpecs: [{spec: {containers: [{name: t, image: "r.test/t:1"}]}}, {spec: {containers: [{name: m, resources: {limits: {cpu: 50m}}}]}}]`),
    `{protocol: seldon, graph: {name: t, type: TRANSFORMER, image: "r.test/t:1", children: [
      {name: m, server: SKLEARN_SERVER, uri: s3://models/a, resources: {requests: {cpu: 50m}, limits: {cpu: 50m}}}]}}`,
    'spec.predictors[0].componentSpecs: the nodes of a graph run in one pod here, not in a pod each',
  ],
  [
    'a coin and a bandit, with parameters by their types',
    predictor(`graph: {name: r, type: ROUTER, parameters: [{name: n, value: "2", type: INT}, {name: e, value: "0.1", type: FLOAT},
      {name: v, value: "1", type: BOOL}, {name: s, value: "7", type: STRING}], children: [
      {name: c, implementation: RANDOM_ABTEST, parameters: [{name: ratioA, value: "0.3", type: FLOAT}], children: [
        {name: x, implementation: SKLEARN_SERVER, modelUri: s3://models/x}, {name: y, implementation: SKLEARN_SERVER, modelUri: s3://models/y}]},
      {name: z, implementation: SKLEARN_SERVER, modelUri: s3://models/z}]},
      componentSpec: {spec: {containers: [{name: r, image: "r.test/r:1"}]}}`),
    `{protocol: seldon, graph: {name: r, type: ROUTER, image: "r.test/r:1", parameters: {n: 2, e: 0.1, v: true, s: "7"}, children: [
      {name: c, router: RANDOM_ABTEST, parameters: {ratioA: 0.3}, children: [
        {name: x, server: SKLEARN_SERVER, uri: s3://models/x}, {name: y, server: SKLEARN_SERVER, uri: s3://models/y}]},
      {name: z, server: SKLEARN_SERVER, uri: s3://models/z}]}}`,
  ],
  [
    'an autoscaler, old and new, and a budget',
    predictor(`graph: {name: classifier, implementation: SKLEARN_SERVER, modelUri: s3://models/a}, replicas: 2, componentSpecs: [{
      hpaSpec: {minReplicas: 1, maxReplicas: 4, metrics: [{type: Resource, resource: {name: cpu, targetAverageUtilization: 70}}],
        metricsv2: [{type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: 60}}}]},
      pdbSpec: {maxUnavailable: 1}, spec: {}}]`),
    '{protocol: seldon, server: SKLEARN_SERVER, uri: s3://models/a, autoscaling: {min: 1, max: 4, cpu: 70, memory: 60}, disruptionBudget: {maxUnavailable: 1}}',
    'spec.predictors[0].replicas: autoscaling or keda says how many pods there are',
  ],
  [
    'predictors of which one has what a file says for all',
    `{predictors: [
      {name: main, traffic: 70, graph: {name: classifier, implementation: SKLEARN_SERVER, modelUri: s3://models/a}, componentSpecs: [{
        hpaSpec: {maxReplicas: 4, metrics: [{type: Resource, resource: {name: cpu, targetAverageUtilization: 70}}]}, spec: {nodeSelector: {disk: ssd}}}]},
      {name: canary, traffic: 30, graph: {name: classifier, implementation: SKLEARN_SERVER, modelUri: s3://models/b}, componentSpecs: [{
        spec: {nodeSelector: {disk: hdd}}}]}]}`,
    `{protocol: seldon, placement: {nodeSelector: {disk: ssd}}, autoscaling: {max: 4, cpu: 70}, predictors: [
      {name: main, traffic: 70, server: SKLEARN_SERVER, uri: s3://models/a}, {name: canary, traffic: 30, server: SKLEARN_SERVER, uri: s3://models/b}]}`,
    'what spec.predictors[1] has of its own: a model file says placement once, for all predictors, so that canary gets that of main',
    'what spec.predictors[1] has of its own: a model file says autoscaling once, for all predictors, so that canary gets that of main',
  ],
  [
    'a number of pods that one predictor has another of, which decides over their shares',
    `{replicas: 3, predictors: [
      {name: main, graph: {name: classifier, implementation: SKLEARN_SERVER, modelUri: s3://models/a}},
      {name: canary, replicas: 1, graph: {name: classifier, implementation: SKLEARN_SERVER, modelUri: s3://models/b}}]}`,
    `{protocol: seldon, replicas: 3, predictors: [
      {name: main, traffic: 75, server: SKLEARN_SERVER, uri: s3://models/a}, {name: canary, traffic: 25, replicas: 1, server: SKLEARN_SERVER, uri: s3://models/b}]}`,
  ],
  [
    'KEDA',
    predictor(`graph: {name: classifier, implementation: SKLEARN_SERVER, modelUri: s3://models/a}, componentSpecs: [{kedaSpec: {
      minReplicaCount: 2, maxReplicaCount: 4, triggers: [{type: cpu, metadata: {value: "80"}, authenticationRef: {name: login}}]}, spec: {}}]`),
    '{protocol: seldon, server: SKLEARN_SERVER, uri: s3://models/a, keda: {min: 2, max: 4, triggers: [{type: cpu, metadata: {value: "80"}, authentication: login}]}}',
  ],
  [
    'an explainer by an old name of its method',
    predictor(`graph: {name: classifier, implementation: SKLEARN_SERVER, modelUri: s3://models/a}, explainer: {type: anchor_tabular,
      modelUri: s3://models/e, config: {batch_size: 1}, containerSpec: {name: e, resources: {requests: {memory: 3Gi}}}}`),
    `{protocol: seldon, server: SKLEARN_SERVER, uri: s3://models/a, explainer: {type: AnchorTabular, uri: s3://models/e,
      config: {batch_size: "1"}, resources: {requests: {memory: 3Gi}, limits: {memory: 3Gi}}}}`,
  ],
  [
    'a GPU and where it is',
    `{protocol: v2, predictors: [{name: default, graph: {name: classifier, implementation: TRITON_SERVER, modelUri: s3://models/a},
      componentSpecs: [{spec: {nodeSelector: {pool: gpu}, tolerations: [{key: gpu, value: "yes"}], affinity: {}, priorityClassName: high, schedulingGates: [],
        containers: [{name: classifier, resources: {limits: {nvidia.com/gpu: 2}}}]}}]}]}`,
    '{server: TRITON_SERVER, uri: s3://models/a, placement: {priorityClassName: high, nodeSelector: {pool: gpu}, tolerations: [{key: gpu, value: "yes", operator: Equal}], gpus: 2}}',
    'spec.predictors[0].componentSpecs[0].spec.schedulingGates: a model file has no place for it',
  ],
  [
    'GPUs of a node in a graph, a server with an image of its own, time-outs and a deadline',
    `{protocol: v2, annotations: {seldon.io/rest-timeout: "90500", seldon.io/grpc-timeout: "7000", seldon.io/istio-retries: "2", project: x}, predictors: [{name: default,
      progressDeadlineSeconds: 900, graph: {name: t, type: TRANSFORMER, children: [{name: m, implementation: TRITON_SERVER, modelUri: s3://models/a}]},
      componentSpecs: [{spec: {containers: [{name: t, image: "r.test/t:1"},
        {name: m, image: "r.test/triton:9", resources: {limits: {amd.com/gpu: 2}}}]}}]}]}`,
    `{timeouts: {rest: 91, grpc: 7}, istio: {retries: 2}, progressDeadlineSeconds: 900, placement: {gpuResource: amd.com/gpu},
      graph: {name: t, type: TRANSFORMER, image: "r.test/t:1", children: [
        {name: m, server: TRITON_SERVER, serverImage: "r.test/triton:9", uri: s3://models/a, gpus: 2}]}}`,
    'spec.annotations.project: a model file has no place for it',
  ],
  [
    'logs, with an address and without one',
    predictor(`graph: {name: r, implementation: RANDOM_ABTEST, parameters: [{name: ratioA, value: "0.25", type: FLOAT}], children: [
      {name: a, implementation: SKLEARN_SERVER, modelUri: s3://models/a, logger: {mode: all, url: "http://l.test/"}},
      {name: b, implementation: SKLEARN_SERVER, modelUri: s3://models/b, logger: {mode: all}}]}`),
    `{protocol: seldon, graph: {name: r, router: RANDOM_ABTEST, parameters: {ratioA: 0.25}, children: [
      {name: a, server: SKLEARN_SERVER, uri: s3://models/a, logger: {mode: all, url: "http://l.test/"}},
      {name: b, server: SKLEARN_SERVER, uri: s3://models/b}]}}`,
    "spec.predictors[0].graph.children[1].logger: it has no url: the operator's default is a broker of Knative",
  ],
];

test.each(CASES)('%s', async (_, spec, model, ...notes) => {
  const { status, stdout, stderr } = await imported(deployment(spec));
  expect({ status, model: load(stdout) }).toEqual({ status: 0, model: { name: 'm', ...(load(model) as object) } });
  expect(stderr.trimEnd().split('\n').filter(Boolean)).toEqual(notes.map((note) => `m: left out ${note}`));
  const files = { 'test/platform.yaml': PLATFORM, 'test/models/m.yaml': stdout };
  expect(environmentsIn(files)[0]?.models).toHaveLength(1);
});

const IRIS = predictor('graph: {name: classifier, implementation: SKLEARN_SERVER, modelUri: s3://models/a}');

test('several documents, and a list as kubectl prints it, are a file each', async () => {
  const list = `kind: List\nitems: [${JSON.stringify(load(deployment(IRIS, 'c')))}]\n`;
  const { status, stdout } = await imported(
    [deployment(IRIS, 'a'), 'kind: Service\n', deployment(IRIS, 'b'), list].join('---\n'),
  );
  expect(status).toBe(0);
  expect(loadAll(stdout).map((model) => (model as { name: string }).name)).toEqual(['a', 'b', 'c']);
});

describe('--env', () => {
  const file = 'environments/dev/models/m.yaml';
  beforeEach(() => writeFiles(root, { 'environments/dev/platform.yaml': PLATFORM }));

  test('writes the file of the model, which has its name', async () => {
    expect(await imported(deployment(IRIS), '--env', 'dev')).toMatchObject({ status: 0, stdout: `wrote ${file}\n` });
    expect(readFileSync(join(root, file), 'utf8')).toBe(
      'protocol: seldon\nserver: SKLEARN_SERVER\nuri: s3://models/a\n',
    );
  });

  test('leaves a file alone that is there, and writes none of the others either', async () => {
    writeFiles(root, { [file]: 'mine: true\n' });
    const { status, stderr } = await imported(`${deployment(IRIS, 'n')}---\n${deployment(IRIS)}`, '--env', 'dev');
    expect(status).toBe(1);
    expect(stderr).toBe(`nothing was written: there is ${file} already\n`);
    expect(readFileSync(join(root, file), 'utf8')).toBe('mine: true\n');
    expect(existsSync(join(root, 'environments/dev/models/n.yaml'))).toBe(false);
  });

  test('makes no path of a name that is none', async () => {
    const { status, stderr } = await imported(deployment(IRIS, '../../evil'), '--env', 'dev');
    expect(status).toBe(1);
    expect(stderr).toContain('nothing was written: "../../evil" is no name for a model\n');
    expect(existsSync(join(root, 'environments/evil.yaml'))).toBe(false);
  });

  test('takes environments that there are', async () => {
    const { status, stderr } = await imported(deployment(IRIS), '--env', 'prod');
    expect(status).toBe(2);
    expect(stderr).toContain('has no environment "prod"; it has dev');
  });
});

test('what synth would refuse is said, after the file that has it', async () => {
  const spec = predictor(
    'graph: {name: n, type: MODEL}, componentSpecs: [{spec: {containers: [{name: n, image: "r.test/i"}]}}]',
  );
  const { status, stdout, stderr } = await imported(deployment(spec));
  expect(status).toBe(1);
  expect(stdout).toContain('image: r.test/i\n');
  expect(stderr.split('\n')).toEqual([
    'm.yaml: image: must be an image with a tag other than "latest", or a digest, not "r.test/i", such as "registry.example.com/team/scorer:1.2"',
    'mend what is said above of m, which synth refuses as it is',
    '',
  ]);
});

test.each([
  ['no SeldonDeployment', 'kind: Service\n', 'sdep.yaml: has no SeldonDeployment\n'],
  ['no YAML', '{', 'sdep.yaml: unexpected end of the stream within a flow collection (1:2)\n'],
])('a file with %s is refused', async (_, text, line) => {
  expect(await imported(text)).toEqual({ status: 1, stdout: '', stderr: line });
});
