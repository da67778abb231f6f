/** What a model file may not say, on both sides of each rule: the good file is one change away from the bad one. */
import { environmentsIn, problemsIn } from '../../support/environments';

const WITHOUT_FRONTEND = 'frontend: {enabled: false}';
const SPLITS =
  'frontend: {enabled: false}\naccess: {kind: gateway, domain: ml.test}\nseldon: {keda: {enabled: true}}\ntracing: {endpoint: "http://otel.test:4317"}\n';
const A = 'server: SKLEARN_SERVER, uri: s3://models/a';
const TF = 'server: TENSORFLOW_SERVER, uri: s3://models/a';
const graph = (...children: string[]) => `children: [${children.map((child) => `{${child}}`).join(', ')}]`;
const levels = (depth: number): string =>
  depth === 0 ? `name: n0, ${A}` : `name: n${depth}, image: r.test/i:1, ${graph(levels(depth - 1))}`;

type Case = readonly [rule: string, bad: string, good: string, line: string];

const LARGE = 'server: SKLEARN_SERVER\nuri: s3://models/a\nsize: 12Gi\n';

const QUALITY = 'quality: {schedule: "@daily", truth: s3://models/t, key: id, target: y, kind: regression';

const SERVED = 'server: SKLEARN_SERVER\nuri: s3://models/a\n';

const BY_DAY =
  'keda: {max: 3, triggers: [{type: cron, metadata: {timezone: Europe/Berlin, start: "0 6 * * *", end: "0 20 * * *", desiredReplicas: "2"}}]}';

const PORT_TAKEN =
  'of the same pod listens, so that one of the two cannot start; have the image listen at another port, such as 8080';

const HUB = 'server: HUGGINGFACE_SERVER\n';

const CASES: readonly Case[] = [
  [
    'a transformer has a task',
    `${HUB}uri: s3://models/a\nparameters: {framework: pt}`,
    `${HUB}uri: s3://models/a\nparameters: {framework: pt, task: fill-mask}`,
    'parameters: need task for HUGGINGFACE_SERVER, the pipeline of transformers, such as {task: text-classification}',
  ],
  [
    'a model of a hub has a way there',
    `${HUB}parameters: {task: fill-mask, pretrained_model: bert-base}`,
    `${HUB}parameters: {task: fill-mask, pretrained_model: bert-base}\negress: {internet: true}`,
    'parameters: name bert-base (pretrained_model), which is fetched from a hub, and its pods reach none; set egress: {internet: true}, or save the model to the bucket and give its uri',
  ],
  [
    'a tokenizer that is not in the bucket has a way to the hub',
    `${HUB}uri: s3://models/a\nparameters: {task: fill-mask, pretrained_tokenizer: bert-base}`,
    `${HUB}uri: s3://models/a\nparameters: {task: fill-mask, pretrained_tokenizer: /mnt/models/tokenizer}`,
    'parameters: name bert-base (pretrained_tokenizer), which is fetched from a hub, and its pods reach none; set egress: {internet: true}, or save the model to the bucket and give its uri',
  ],
  [
    'the default model of a task has a way to the hub',
    `${HUB}parameters: {task: fill-mask}`,
    `${HUB}parameters: {task: fill-mask}\negress: {cidrs: [{cidr: 10.0.0.1/32}]}`,
    'parameters: name no model, so that one is fetched from a hub, and its pods reach none; set egress: {internet: true}, or save the model to the bucket and give its uri',
  ],
  [
    'the disk of a server holds its files',
    `${LARGE}resources: {limits: {ephemeral-storage: 12Gi}}`,
    `${LARGE}resources: {limits: {ephemeral-storage: 12544Mi}}`,
    'size: is 12Gi, which with 256Mi for logs and temporary files is more than resources.limits.ephemeral-storage, 12Gi; remove that limit, or raise it to 12544Mi',
  ],
  [
    'the disk of what fetches files holds them',
    `${LARGE}initializerResources: {limits: {ephemeral-storage: 2Gi}}`,
    `${LARGE}initializerResources: {limits: {ephemeral-storage: 13Gi}}`,
    'size: is 12Gi, which with 64Mi for logs and temporary files is more than initializerResources.limits.ephemeral-storage, 2Gi; remove that limit, or raise it to 12352Mi',
  ],
  [
    'a size is that of files',
    'image: r.test/i:1\nsize: 1Gi',
    'image: r.test/i:1\nuri: s3://models/a\nsize: 1Gi',
    'size: is that of no files: there is no uri; remove it',
  ],
  [
    'traffic sums to 100',
    `${'server: SKLEARN_SERVER\nuri: s3://models/a'}\npredictors: [{name: x, traffic: 90}, {name: y, traffic: 9}]`,
    `${'server: SKLEARN_SERVER\nuri: s3://models/a'}\npredictors: [{name: x, traffic: 90}, {name: y, traffic: 10}]`,
    'predictors: share 99 percent of the traffic; the traffic of all but the shadow must sum to 100, such as 90 and 10',
  ],
  [
    'one predictor has all of it',
    'server: SKLEARN_SERVER\nuri: s3://models/a\npredictors: [{name: x, traffic: 50}]',
    'server: SKLEARN_SERVER\nuri: s3://models/a\npredictors: [{name: x, traffic: 100}]',
    'predictors[0].traffic: is 50, but no other predictor answers; remove it, or make it 100',
  ],
  ...[
    ['/tmp', 'uri: s3://models/a', '/tmp/a'],
    ['/etc/podinfo/', 'uri: s3://models/a', '/etc/podinfos'],
    ['/mnt/models', 'uri: s3://models/a', '/mnt/models/a'],
    ['/dev/shm', 'container: {sharedMemory: 64Mi, VOLUMES}', '/dev/shm/a'],
  ].map(([bad = '', rest = '', good = '']): Case => {
    const file = (path: string) => {
      const volumes = `volumes: [{path: ${path}, configMap: c}]`;
      const text = `image: r.test/i:1\n${rest.replace('VOLUMES', volumes)}`;
      return rest.includes('VOLUMES') ? text : `${text}\ncontainer: {${volumes}}`;
    };
    const line = `container.volumes[0].path: is ${bad}, where there is a folder already; choose another`;
    return [`a volume is not mounted at ${bad}`, file(bad), file(good), line];
  }),
  [
    'a volume is not mounted where a server of MLServer unpacks its environment',
    'server: SKLEARN_SERVER\nuri: s3://models/a\ncontainer: {volumes: [{path: /opt/mlserver/envs, secret: s}]}',
    'image: r.test/i:1\nuri: s3://models/a\ncontainer: {volumes: [{path: /opt/mlserver/envs, secret: s}]}',
    'container.volumes[0].path: is /opt/mlserver/envs, where there is a folder already; choose another',
  ],
  [
    'a container without files has its own at their place',
    'image: r.test/i:1\nuri: s3://models/a\ncontainer: {volumes: [{path: /mnt/models, claim: c}]}',
    'image: r.test/i:1\ncontainer: {volumes: [{path: /mnt/models, claim: c}]}',
    'container.volumes[0].path: is /mnt/models, where there is a folder already; choose another',
  ],
  [
    'two volumes have places of their own',
    'image: r.test/i:1\ncontainer: {volumes: [{path: /a, secret: s}, {path: /a/, configMap: c}]}',
    'image: r.test/i:1\ncontainer: {volumes: [{path: /a, secret: s}, {path: /a/b, configMap: c}]}',
    'container.volumes[1].path: is /a/, where there is a folder already; choose another',
  ],
  ...['/', '/proc', '/sys/a', '/dev'].map(
    (path): Case => [
      `nothing is written over ${path}`,
      `image: r.test/i:1\ncontainer: {scratch: [${path}]}`,
      `image: r.test/i:1\ncontainer: {scratch: [/var${path === '/' ? '/x' : path}]}`,
      `container.scratch[0]: is ${path}, which is a folder of the system; choose one of your own, such as /var/cache`,
    ],
  ),
  [
    'one thing sets the number of pods of a predictor',
    `${SERVED}autoscaling: {max: 3, cpu: 80}\npredictors: [{name: x, traffic: 90, replicas: 2}, {name: y, traffic: 10}]`,
    `${SERVED}autoscaling: {max: 3, cpu: 80}\npredictors: [{name: x, traffic: 90}, {name: y, traffic: 10}]`,
    'predictors[0].replicas: is 2, which autoscaling would change; remove it, and set autoscaling.min',
  ],
  [
    'a budget is a part of the pods',
    `${SERVED}disruptionBudget: {maxUnavailable: "150%"}`,
    `${SERVED}disruptionBudget: {maxUnavailable: "100%"}`,
    'disruptionBudget.maxUnavailable: must be a number of pods or a percentage up to 100%, not "150%", such as 1',
  ],
  [
    'a budget lets a node be drained',
    `${SERVED}replicas: 2\ndisruptionBudget: {minAvailable: 2}`,
    `${SERVED}replicas: 3\ndisruptionBudget: {minAvailable: 2}`,
    'disruptionBudget.minAvailable: is 2, and there are 2 pods at most, so that no node with one of them could be drained; make it less, or write maxUnavailable: 1 in its place',
  ],
  [
    'a trigger has a time zone that there is',
    SERVED + BY_DAY.replace('Europe/Berlin', 'X/Y'),
    SERVED + BY_DAY,
    'keda.triggers[0].metadata.timezone: must be a time zone of the IANA database, not "X/Y"',
  ],
  [
    'a trigger has schedules of five fields',
    SERVED + BY_DAY.replace('0 6 * * *', '0 6 * *'),
    SERVED + BY_DAY,
    'keda.triggers[0].metadata.start: must be a cron schedule: minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6), not "0 6 * *"',
  ],
  [
    "no server has the executor's port",
    'image: r.test/i:1\ncontainer: {port: 8000}\nengine: true',
    'image: r.test/i:1\ncontainer: {port: 8000}',
    `container.port: is 8000, where Seldon's executor ${PORT_TAKEN}`,
  ],
  [
    "no server has the executor's port for gRPC",
    'image: r.test/i:1\ncontainer: {port: 5001}\nslo: {availability: 99}',
    'image: r.test/i:1\ncontainer: {port: 5002}\nslo: {availability: 99}',
    `container.port: is 5001, where Seldon's executor ${PORT_TAKEN}`,
  ],
  [
    'two nodes of a pod have ports of their own',
    `graph: {name: a, image: r.test/i:1, container: {port: 8080}, ${graph('name: b, image: r.test/i:1, container: {port: 8080}')}}`,
    `graph: {name: a, image: r.test/i:1, container: {port: 8080}, ${graph('name: b, image: r.test/i:1, container: {port: 8081}')}}`,
    `graph.children[0].container.port: is 8080, where node "a" ${PORT_TAKEN}`,
  ],
  [
    'no predictor is called like the detector',
    'server: SKLEARN_SERVER\nuri: s3://models/a\ndetector: {kind: outlier, uri: s3://models/d}\npredictor: detector',
    'server: SKLEARN_SERVER\nuri: s3://models/a\ndetector: {kind: outlier, uri: s3://models/d}\npredictor: detectors',
    'predictor: makes the Service "m-detector", which the detector makes too; rename the predictor or its node',
  ],
  [
    'no predictor is called like the node of another',
    'server: SKLEARN_SERVER\nuri: s3://models/a\npredictors: [{name: x, traffic: 90}, {name: x-classifier, traffic: 10}]',
    'server: SKLEARN_SERVER\nuri: s3://models/a\npredictors: [{name: x, traffic: 90}, {name: x-classifiers, traffic: 10}]',
    'predictors[1].name: makes the Service "m-x-classifier", which predictor "x" makes too; rename the predictor or its node',
  ],
  [
    'one shadow',
    'server: SKLEARN_SERVER\nuri: s3://models/a\npredictors: [{name: x}, {name: y, shadow: true}, {name: z, shadow: true}]',
    'server: SKLEARN_SERVER\nuri: s3://models/a\npredictors: [{name: x}, {name: y, shadow: true}]',
    'predictors[2].shadow: is the second shadow; Seldon takes one',
  ],
  [
    'a shadow is not alone',
    'server: SKLEARN_SERVER\nuri: s3://models/a\npredictors: [{name: y, shadow: true}]',
    'server: SKLEARN_SERVER\nuri: s3://models/a\npredictors: [{name: y, shadow: false}]',
    'predictors[0].shadow: is true, but there is no predictor that answers; add one',
  ],
  [
    'predictors have names of their own',
    'server: SKLEARN_SERVER\nuri: s3://models/a\npredictors: [{name: x, traffic: 50}, {name: x, traffic: 50}]',
    'server: SKLEARN_SERVER\nuri: s3://models/a\npredictors: [{name: x, traffic: 50}, {name: y, traffic: 50}]',
    'predictors[1].name: is "x", the name of another predictor; rename one of them',
  ],
  [
    'nodes have names of their own',
    `graph: {name: a, type: COMBINER, image: r.test/i:1, ${graph(`name: b, ${A}`, `name: b, ${A}`)}}`,
    `graph: {name: a, type: COMBINER, image: r.test/i:1, ${graph(`name: b, ${A}`, `name: c, ${A}`)}}`,
    'graph.children[1].name: is "b", the name of another node; rename one of them',
  ],
  [
    'a graph of several nodes has the executor',
    `engine: false\ngraph: {name: a, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    `engine: true\ngraph: {name: a, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    'engine: is false, but a graph of several nodes needs the executor; remove it',
  ],
  [
    'all predictors have the executor where one has several nodes',
    `${'server: SKLEARN_SERVER\nuri: s3://models/a'}\npredictors: [{name: x, traffic: 50}, {name: y, traffic: 50, graph: {name: a, image: r.test/i:1, ${graph(`name: b, ${A}`)}}}]`,
    `${'server: SKLEARN_SERVER\nuri: s3://models/a\nengine: true'}\npredictors: [{name: x, traffic: 50}, {name: y, traffic: 50, graph: {name: a, image: r.test/i:1, ${graph(`name: b, ${A}`)}}}]`,
    'engine: is off for predictor "x", but callers name no node, since another predictor has several, and only the executor answers then; set engine: true',
  ],
  [
    'an explainer asks a graph of several nodes in the protocol that names none',
    `explainer: {type: ALE}\ngraph: {name: a, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    `explainer: {type: ALE}\nprotocol: seldon\ngraph: {name: a, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    'explainer: asks by the name of one node, which a graph of several nodes does not answer in v2; use protocol: seldon, or explain a model of one node',
  ],
  [
    'a logger has the executor',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nengine: false\nlogger: {url: http://l.test/}',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nlogger: {url: http://l.test/}',
    'engine: is false, but a logger needs the executor; remove it',
  ],
  [
    'tracing of a server that sends no spans has the executor',
    'server: SKLEARN_SERVER\nprotocol: seldon\nuri: s3://models/a\nengine: false\ntracing: {sample: 1}',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nengine: false\ntracing: {sample: 1}',
    'engine: is false, but tracing needs the executor; remove it',
  ],
  [
    'an slo of a server that counts no requests has the executor',
    'server: SKLEARN_SERVER\nprotocol: seldon\nuri: s3://models/a\nengine: false\nslo: {availability: 98}',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nengine: false\nslo: {availability: 98}',
    'engine: is false, but an slo of a server that counts no requests itself needs the executor; remove it',
  ],
  [
    'one TENSORFLOW_SERVER has its proxy in a pod',
    `protocol: seldon\ngraph: {name: a, type: COMBINER, image: r.test/i:1, ${graph(`name: b, ${TF}`, `name: c, ${TF}`)}}`,
    `protocol: seldon\ngraph: {name: a, type: COMBINER, image: r.test/i:1, ${graph(`name: b, ${TF}`, `name: c, ${A}`)}}`,
    'graph.children[1].server: is a second TENSORFLOW_SERVER in one pod, where both would have ports 2000 and 2001; make one a model of its own',
  ],
  [
    'a logger has an address',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nlogger: {mode: all}',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nlogger: {mode: all, url: http://l.test/}',
    'logger: has no url, such as "http://broker.logging.svc:8080/", and the platform has no log of requests; write one, or requestLog: {enabled: true} in platform.yaml',
  ],
  [
    'a node with children logs nothing itself',
    `graph: {name: a, type: COMBINER, image: r.test/i:1, logger: {url: http://l.test/}, ${graph(`name: b, ${A}`)}}`,
    `graph: {name: a, type: COMBINER, image: r.test/i:1, ${graph(`name: b, ${A}, logger: {url: http://l.test/}`)}}`,
    'graph.logger: reports each request twice, since the node has children; log at a node without, or set the logger of the model',
  ],
  [
    'a logger of a model finds a node that is asked what callers ask',
    `logger: {url: http://l.test/}\ngraph: {name: a, type: TRANSFORMER, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    `logger: {url: http://l.test/}\ngraph: {name: a, type: OUTPUT_TRANSFORMER, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    'logger: logs what callers ask and get, but a node changes requests or answers before a node without children sees them; set a logger at the nodes without children that are to report',
  ],
  [
    'a logger of answers finds a node that answers callers',
    `logger: {mode: all, url: http://l.test/}\ngraph: {name: a, type: COMBINER, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    `logger: {mode: all, url: http://l.test/}\ngraph: {name: a, type: ROUTER, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    'logger: logs what callers ask and get, but a node changes requests or answers before a node without children sees them; set a logger at the nodes without children that are to report',
  ],
  [
    'a logger of a predictor has an address',
    `${'server: SKLEARN_SERVER\nuri: s3://models/a'}\npredictors: [{name: x, traffic: 50}, {name: y, traffic: 50, logger: {mode: all}}]`,
    `${'server: SKLEARN_SERVER\nuri: s3://models/a'}\npredictors: [{name: x, traffic: 50}, {name: y, traffic: 50, logger: {url: http://l.test/}}]`,
    'predictors[1].logger: has no url, such as "http://broker.logging.svc:8080/", and the platform has no log of requests; write one, or requestLog: {enabled: true} in platform.yaml',
  ],
  [
    'adversarial rows are looked for by Alibi Detect alone',
    'server: SKLEARN_SERVER\nuri: s3://models/a\ndetector: {kind: adversarial, uri: s3://models/d}',
    'server: SKLEARN_SERVER\nprotocol: seldon\nuri: s3://models/a\ndetector: {kind: adversarial, uri: s3://models/d}',
    'detector.kind: is adversarial, which needs the protocol seldon or tensorflow, and the model speaks v2',
  ],
  [
    'a detector of Alibi Detect has a threshold of its own',
    'server: SKLEARN_SERVER\nprotocol: seldon\nuri: s3://models/a\ndetector: {kind: outlier, uri: s3://models/d, falseAlarms: 2}',
    'server: SKLEARN_SERVER\nuri: s3://models/a\ndetector: {kind: outlier, uri: s3://models/d, falseAlarms: 2}',
    'detector.falseAlarms: needs the v2 protocol, and the model speaks seldon, whose detector is saved with a threshold',
  ],
  [
    'a report joins answers by an id',
    `server: SKLEARN_SERVER\nprotocol: seldon\nuri: s3://models/a\n${QUALITY}, predictions: s3://models/p}`,
    `server: SKLEARN_SERVER\nuri: s3://models/a\n${QUALITY}, predictions: s3://models/p}`,
    'quality: joins answers by the id of their request, which the protocol seldon does not have; it needs protocol: v2',
  ],
  [
    'a report has predictions',
    `server: SKLEARN_SERVER\nuri: s3://models/a\n${QUALITY}}`,
    `server: SKLEARN_SERVER\nuri: s3://models/a\n${QUALITY}}\nbatch: {input: s3://models/in, output: s3://models/out}`,
    'quality.predictions: is required where the model has no batch, such as "s3://models/predictions/m"',
  ],
  [
    'a report leaves room for the name of its CronJob',
    `name: ${'m'.repeat(45)}\nserver: SKLEARN_SERVER\nuri: s3://models/a\nengine: true\n${QUALITY}, predictions: s3://models/p}`,
    `name: ${'m'.repeat(34)}\nserver: SKLEARN_SERVER\nuri: s3://models/a\n${QUALITY}, predictions: s3://models/p}`,
    'name: has 45 characters; a model with quality may have 44',
  ],
  [
    'a detector judges what callers ask',
    `protocol: seldon\ndetector: {kind: outlier, uri: s3://models/d}\ngraph: {name: a, type: TRANSFORMER, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    `protocol: seldon\ndetector: {kind: outlier, uri: s3://models/d}\ngraph: {name: a, type: COMBINER, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    'detector: judges what callers ask, but a node changes requests or answers before a node without children sees them; make the change a part of the model, or remove the detector',
  ],
  [
    'a detector has the logger of the node that it watches',
    `protocol: seldon\ndetector: {kind: outlier, uri: s3://models/d}\ngraph: {name: a, ${A}, logger: {url: http://l.test/}}`,
    `protocol: seldon\ndetector: {kind: outlier, uri: s3://models/d}\ngraph: {name: a, ${A}}`,
    'graph.logger: stands where the detector is sent requests, and a node has one logger; remove one of the two',
  ],
  [
    'a node runs something',
    `graph: {name: a, type: ROUTER, ${graph(`name: b, ${A}`)}}`,
    `graph: {name: a, type: ROUTER, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    'graph.server: is required, such as "MLFLOW_SERVER"; or name an image of your own, under image',
  ],
  [
    'a node runs one thing',
    `graph: {name: a, image: r.test/i:1, ${A}}`,
    `graph: {name: a, ${A}}`,
    'graph.image: stands beside server; a node runs one of the two',
  ],
  [
    'a server has files',
    'graph: {name: a, server: SKLEARN_SERVER}',
    'graph: {name: a, server: HUGGINGFACE_SERVER, parameters: {task: fill-mask}}\negress: {internet: true}',
    'graph.uri: is required by SKLEARN_SERVER, such as "models:/wine-elasticnet@champion"',
  ],
  [
    'a server speaks the protocol',
    `protocol: tensorflow\ngraph: {name: a, ${A}}`,
    `protocol: seldon\ngraph: {name: a, ${A}}`,
    'graph.server: is SKLEARN_SERVER, which does not speak tensorflow; use seldon or v2',
  ],
  [
    'a server is a model',
    `graph: {name: a, type: TRANSFORMER, ${A}}`,
    `graph: {name: a, type: MODEL, ${A}}`,
    'graph.type: is TRANSFORMER, but SKLEARN_SERVER is a MODEL; the operator would make it one',
  ],
  [
    'a coin has two sides',
    `graph: {name: a, router: RANDOM_ABTEST, parameters: {ratioA: 0.5}, ${graph(`name: b, ${A}`)}}`,
    `graph: {name: a, router: RANDOM_ABTEST, parameters: {ratioA: 0.5}, ${graph(`name: b, ${A}`, `name: c, ${A}`)}}`,
    'graph.children: are 1; RANDOM_ABTEST routes to two',
  ],
  [
    'a coin has a share',
    `graph: {name: a, router: RANDOM_ABTEST, parameters: {ratioA: 2}, ${graph(`name: b, ${A}`, `name: c, ${A}`)}}`,
    `graph: {name: a, router: RANDOM_ABTEST, parameters: {ratioA: 1}, ${graph(`name: b, ${A}`, `name: c, ${A}`)}}`,
    'graph.parameters: need ratioA for RANDOM_ABTEST, the share of the first child, such as 0.5',
  ],
  [
    'the share of a coin stands alone',
    `graph: {name: a, router: RANDOM_ABTEST, parameters: {ratioA: 0.9, seed: 1}, ${graph(`name: b, ${A}`, `name: c, ${A}`)}}`,
    `graph: {name: a, router: RANDOM_ABTEST, parameters: {ratioA: 0.9}, ${graph(`name: b, ${A}`, `name: c, ${A}`)}}`,
    'graph.parameters.seed: stands beside ratioA, which RANDOM_ABTEST then ignores; remove it',
  ],
  [
    'several children are chosen among or merged',
    `graph: {name: a, image: r.test/i:1, ${graph(`name: b, ${A}`, `name: c, ${A}`)}}`,
    `graph: {name: a, type: ROUTER, image: r.test/i:1, ${graph(`name: b, ${A}`, `name: c, ${A}`)}}`,
    'graph.children: are 2, but only a ROUTER chooses among several, and only a COMBINER merges their answers; set type',
  ],
  [
    'a combiner has answers to merge',
    'graph: {name: a, type: COMBINER, image: r.test/i:1}',
    `graph: {name: a, type: COMBINER, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    'graph.children: are none; a COMBINER needs some',
  ],
  [
    'an output transformer has an answer to change',
    'graph: {name: a, type: OUTPUT_TRANSFORMER, image: r.test/i:1}',
    `graph: {name: a, type: OUTPUT_TRANSFORMER, image: r.test/i:1, ${graph(`name: b, ${A}`)}}`,
    'graph.children: are none; an OUTPUT_TRANSFORMER changes the answer of its child',
  ],
  [
    'a graph is as deep as its type',
    `graph: {${levels(11)}}`,
    `graph: {${levels(10)}}`,
    'graph: is 11 levels deep; the SeldonDeployment type has 10 below the root',
  ],
  [
    'nothing stands beside a graph that its nodes say',
    `server: SKLEARN_SERVER\nuri: s3://models/a\ngraph: {name: a, ${A}}`,
    `graph: {name: a, ${A}}`,
    'server: stands beside graph, whose nodes say it; remove one of the two',
  ],
  [
    'one thing sets the number of pods',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nreplicas: 2\nautoscaling: {max: 3, cpu: 80}',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nautoscaling: {min: 2, max: 3, cpu: 80}',
    'replicas: is 2, which autoscaling would change; remove it, and set autoscaling.min',
  ],
  [
    'one scaler',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nautoscaling: {max: 3, cpu: 80}\nkeda: {max: 3, triggers: [{type: cpu, metadata: {value: "80"}}]}',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nkeda: {max: 3, triggers: [{type: cpu, metadata: {value: "80"}}]}',
    'keda: stands beside autoscaling, and both would set the number of pods; remove one',
  ],
  [
    'a trigger has what its scaler needs',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nkeda: {max: 3, triggers: [{type: cpu, metadata: {}}]}',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nkeda: {max: 3, triggers: [{type: cpu, metadata: {value: "80"}}]}',
    'keda.triggers[0].metadata.value: is required by KEDA\'s scaler "cpu"',
  ],
  [
    'a trigger that needs no pod wakes a model',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nkeda: {max: 3, min: 0, triggers: [{type: prometheus, metadata: {serverAddress: "http://p.test", threshold: "5", query: "sum(rate(seldon_api_executor_server_requests_seconds_count[2m]))"}}]}',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nkeda: {max: 3, min: 0, triggers: [{type: prometheus, metadata: {serverAddress: "http://p.test", threshold: "5", query: "sum(rate(seldon_api_executor_server_requests_seconds_count[2m]))"}}, {type: cron, metadata: {timezone: UTC, start: 0 8 * * *, end: 0 9 * * *, desiredReplicas: "1"}}]}',
    'keda.min: is 0, but every trigger measures the pods themselves, and nothing would start the first one; add a trigger that works without pods, such as cron, or make it 1',
  ],
  [
    'a trigger that needs no pod wakes an idle model',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nkeda: {max: 3, min: 1, idle: 0, triggers: [{type: cpu, metadata: {value: "80"}}]}',
    'server: SKLEARN_SERVER\nuri: s3://models/a\nkeda: {max: 3, min: 1, triggers: [{type: cpu, metadata: {value: "80"}}]}',
    'keda.idle: is 0, but every trigger measures the pods themselves, and nothing would start the first one; add a trigger that works without pods, such as cron, or make it 1',
  ],
  [
    'no name is hashed',
    `graph: {name: ${'n'.repeat(44)}, ${A}}\npredictor: ${'p'.repeat(15)}`,
    `graph: {name: ${'n'.repeat(43)}, ${A}}\npredictor: ${'p'.repeat(14)}`,
    `name: makes the Deployment name "m-${'p'.repeat(15)}-0-${'n'.repeat(44)}" of 64 characters, and the operator hashes names over 63; shorten name, predictor or node by 1`,
  ],
  [
    "the operator's own names are its own",
    `graph: {name: seldon-container-engine, ${A}}`,
    `graph: {name: container-engine, ${A}}`,
    'graph.name: is seldon-container-engine, the name of a container that the operator adds to the pod; choose another, such as "classifier"',
  ],
];

const filesOf = (model: string, platform = SPLITS) => ({ 'test/platform.yaml': platform, 'test/models/m.yaml': model });

describe.each(CASES)('%s', (_, bad, good, line) => {
  test('is a rule', () => {
    expect(problemsIn(filesOf(bad))).toContain(`environments/test/models/m.yaml: ${line}`);
  });

  test('and no other stands in the way', () => {
    expect(environmentsIn(filesOf(good))[0]?.models).toHaveLength(1);
  });
});

test('what several predictors share is refused once', () => {
  const shared = `predictors: [{name: x, traffic: 50}, {name: y, traffic: 50}]\ngraph: {name: a, type: COMBINER, image: r.test/i:1}`;
  expect(problemsIn(filesOf(shared))).toEqual([
    'environments/test/models/m.yaml: graph.children: are none; a COMBINER needs some',
  ]);
});

describe('what the rest of the environment must have', () => {
  const CANARY =
    'server: SKLEARN_SERVER\nuri: s3://models/a\npredictors: [{name: x, traffic: 90}, {name: y, traffic: 10}]';
  const KEDA = `server: SKLEARN_SERVER\nuri: s3://models/a\nkeda: {max: 3, triggers: [{type: cpu, metadata: {value: "80"}}]}`;

  test.each([
    'access: {kind: gateway, domain: ml.test}',
    'seldon: {istio: {enabled: true}}',
    'seldon: {ambassador: {enabled: true}}',
  ])('something that divides traffic: %s', (setting) => {
    expect(environmentsIn(filesOf(CANARY, `${WITHOUT_FRONTEND}\n${setting}\n`))[0]?.models).toHaveLength(1);
    expect(problemsIn(filesOf(CANARY, WITHOUT_FRONTEND))).toEqual([
      expect.stringMatching(/models\/m.yaml: predictors: share traffic that nothing divides/),
    ]);
  });

  test('a collector, where a model is traced', () => {
    const model = 'server: SKLEARN_SERVER\nuri: s3://models/a\ntracing: {sample: 0.5}';
    const platform = `${WITHOUT_FRONTEND}\ntracing: {endpoint: "http://otel.test:4317"}\n`;
    expect(environmentsIn(filesOf(model, platform))[0]?.models).toHaveLength(1);
    expect(problemsIn(filesOf(model, WITHOUT_FRONTEND))).toEqual([
      expect.stringMatching(/models\/m.yaml: tracing: has nowhere to send spans to; say in platform.yaml where/),
    ]);
  });

  test('KEDA, where a model has a scaler of it', () => {
    expect(problemsIn(filesOf(KEDA, WITHOUT_FRONTEND))).toEqual([
      expect.stringMatching(/models\/m.yaml: keda: is ignored by the operator unless seldon.keda.enabled is true/),
    ]);
  });

  test.each([
    ['explainer', 'explainer: {type: ALE, uri: s3://other/x}'],
    ['detector', 'detector: {kind: outlier, uri: s3://other/x}'],
  ])('the bucket that an %s comes from', (field, text) => {
    expect(problemsIn(filesOf(`server: SKLEARN_SERVER\nprotocol: seldon\nuri: s3://models/a\n${text}`))).toEqual([
      expect.stringContaining(`models/m.yaml: ${field}.uri: is s3://other/x, outside the bucket`),
    ]);
  });

  const EXPLAINED = 'server: SKLEARN_SERVER\nuri: s3://models/a\nexplainer: {type: ALE, uri: s3://models/e}';

  test.each([
    ['the word that its licence is accepted', 'seldon: {acceptBusinessSourceLicense: true}'],
    ['an image of its own', 'images: {overrides: {mlserverExplainer: {repository: r.test/explainer, tag: "1"}}}'],
  ])('for an explainer of v2, %s', (_, setting) => {
    expect(environmentsIn(filesOf(EXPLAINED, `${WITHOUT_FRONTEND}\n${setting}\n`))[0]?.models).toHaveLength(1);
    expect(environmentsIn(filesOf(`${EXPLAINED}\nprotocol: seldon`, WITHOUT_FRONTEND))[0]?.models).toHaveLength(1);
    expect(problemsIn(filesOf(EXPLAINED, WITHOUT_FRONTEND))).toEqual([
      expect.stringMatching(
        /models\/m.yaml: explainer: is of the v2 protocol, and its image is under the Business Source/,
      ),
    ]);
  });

  test('public authorities, where the files of an explainer are in a store outside', () => {
    const store = (authority: string) =>
      `${WITHOUT_FRONTEND}\nobjectStore: {kind: external, endpoint: "https://s3.test", bucket: models${authority}}\n`;
    const model = `${EXPLAINED}\nprotocol: seldon`;
    expect(environmentsIn(filesOf(model, store('')))[0]?.models).toHaveLength(1);
    expect(problemsIn(filesOf(model, store(', authority: {configMap: ca, key: ca.crt}')))).toEqual([
      expect.stringMatching(
        /models\/m.yaml: explainer.uri: is s3:\/\/models\/e, in a store whose authority is its own/,
      ),
    ]);
  });

  test.each([
    ['truth', `${QUALITY.replace('s3://models/t', 's3://other/x')}, predictions: s3://models/p}`],
    ['predictions', `${QUALITY}, predictions: s3://other/x}`],
  ])('the bucket that the %s of a report comes from', (field, text) => {
    expect(problemsIn(filesOf(`server: SKLEARN_SERVER\nuri: s3://models/a\n${text}`))).toEqual([
      expect.stringContaining(
        `models/m.yaml: quality.${field}: is s3://other/x, outside the bucket, such as "s3://models/${field}/m"`,
      ),
    ]);
  });

  test('the store that a model comes from', () => {
    const model = 'server: SKLEARN_SERVER\nuri: gs://team/a';
    const platform = `${WITHOUT_FRONTEND}\nmodelStores: {gs: {secret: gcs}}\n`;
    expect(environmentsIn(filesOf(model, platform))[0]?.models).toHaveLength(1);
    expect(problemsIn(filesOf(model, WITHOUT_FRONTEND))).toEqual([
      expect.stringMatching(/uri: is gs:\/\/team\/a, but platform.yaml has no modelStores.gs$/),
    ]);
  });
});
