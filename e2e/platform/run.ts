/** The quick start, what must hold then, and what is broken on purpose; and the table of what was seen. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from '../cluster/build';
import { Checks } from '../cluster/checks';
import { Cluster } from '../cluster/cluster';
import { finished, run } from '../cluster/commands';
import { committed, type Environment, ofKind } from '../cluster/environments';
import { perform, quickStart } from '../cluster/quick-start';
import { wineData } from '../loop/data';
import type { Parts as Software } from '../loop/install';
import { missingBucket, missingSecret, nowhere, wrongPassword } from './bad-input';
import { CLIENT_IMAGE, isAdmitted, isRefused, startClient } from './client';
import { Context, TRACKING } from './context';
import { eachPodDeleted, killedWhileWriting, kubeletKilled } from './faults';
import { writeImages } from './images';
import { isolate, load, prepare, startNode } from './node';
import { writeResults } from './results';
import {
  anonymous,
  initTwice,
  keys,
  MODELS,
  mlflowAnswers,
  modelAnswers,
  modelAnswersPods,
  pageShows,
  roles,
  runIsKept,
} from './services';

export interface RunProps {
  readonly project: string;
  /** A folder that is removed afterwards. */
  readonly work: string;
  readonly parts: Parts;
  readonly software: Software;
  /** Whether e2e/RESULTS.md is written. */
  readonly record: boolean;
}

type Check = [string, () => Promise<string>];

/** @returns the exit code */
export async function runChecks({ project, work, parts, software, record }: RunProps): Promise<number> {
  isolate(work);
  const env = committed(project).find(({ name }) => name === 'minikube');
  if (!env) throw new Error('dist/ has no minikube');
  const checks = new Checks();
  const cluster = await Cluster.start(parts, join(work, 'cluster'), (started) => startNode(started, parts, work));
  try {
    const data = wineData(project, software, work);
    const context = new Context({ project, work, cluster, env, software, data });
    const images = async () => {
      const names = [...imagesOf(env), CLIENT_IMAGE];
      mkdirSync(join(work, 'run'), { recursive: true });
      await load(await writeImages({ project, parts, software, work: join(work, 'run'), names }));
      return `${names.length} images`;
    };
    const all: Check[] = [
      ['the images are on the node', images],
      ['a node with DNS', () => prepare(cluster, work)],
      ...quickStarted(context),
      ...platformWorks(context),
      ...comesBack(context),
      ...mistakes(context),
    ];
    for (const [name, look] of all) {
      if (await checks.check(name, look)) continue;
      console.error(await diagnosis(cluster));
      break;
    }
  } finally {
    await cluster.stop();
  }
  process.stdout.write(`Kubernetes ${parts.version}\n\n${checks}`);
  if (record && !checks.failed) writeResults(project, parts, software, checks);
  return checks.failed ? 1 : 0;
}

/** README.md's steps; the training between them. */
function quickStarted(context: Context): Check[] {
  const { cluster, env, project } = context.props;
  return quickStart(project, env).flatMap((step): Check[] => {
    const name = step.stage === undefined ? 'the Secrets are made' : `${step.stage} is applied, and waited for`;
    const apply: Check = [`quick start: ${name}`, () => perform(cluster, env, project, step, { asWritten: true })];
    return step.stage === '50-models'
      ? [['quick start: the models are trained', () => train(context)], apply]
      : [apply];
  });
}

function train(context: Context): Promise<string> {
  return context.forward('mlflow', 'svc/mlflow', '5000', async () => {
    const args = ['datascience/train.py', '--data', context.props.data, '--no-verify'];
    // With nothing set but where MLflow is: that is what a user has.
    const python = join(context.props.software.training, 'bin/python');
    const said = finished(run(python, args, context.props.project, { MLFLOW_TRACKING_URI: TRACKING }));
    for (const name of MODELS) context.expected(name);
    return said.match(/registered {2}.*/g)?.join('; ') ?? '';
  });
}

function platformWorks(context: Context): Check[] {
  return [
    ["PostgreSQL: MLflow's role and schema", () => roles(context)],
    ['PostgreSQL: its init scripts run a second time', () => initTwice(context)],
    ['object store: nothing without a key', () => anonymous(context)],
    ['object store: each key does its part and no more', () => keys(context)],
    ['MLflow: health, metrics, Host headers', () => mlflowAnswers(context)],
    ['a client in another namespace', () => startClient(context)],
    ['policies: it is refused', () => isRefused(context)],
    ['policies: it is admitted where the configuration says so', () => isAdmitted(context)],
    ['MLflow: its run is in the database and in the bucket', () => runIsKept(context)],
    ...MODELS.flatMap((name): Check[] => [
      [`${name} answers the documented requests as in training`, () => modelAnswers(context, name)],
      [`${name} answers the client, by its Service`, () => modelAnswersPods(context, name)],
    ]),
    ['the page in Chromium shows the prediction', () => pageShows(context)],
  ];
}

/** After each fault the platform must do its work as before. */
function comesBack(context: Context): Check[] {
  const works = async (after: string) => {
    await runIsKept(context);
    for (const name of MODELS) await modelAnswersPods(context, name);
    await pageShows(context);
    return after;
  };
  return [
    ['fault: each pod is deleted once', async () => works(await eachPodDeleted(context))],
    [
      'fault: PostgreSQL is killed while a client writes',
      async () => works(await killedWhileWriting(context, 'postgres', 'postgresql-0')),
    ],
    [
      'fault: the object store is killed while a client writes',
      async () => works(await killedWhileWriting(context, 'minio-system', 'minio-0')),
    ],
    ['fault: the kubelet is killed', async () => works(await kubeletKilled(context))],
  ];
}

function mistakes(context: Context): Check[] {
  return [
    ['mistake: a wrong database password', () => wrongPassword(context)],
    ['mistake: a missing Secret', () => missingSecret(context)],
    ['mistake: a model URI that points at nothing', () => nowhere(context)],
    ['mistake: a missing bucket', () => missingBucket(context)],
    [
      'all is as before once the models are trained again',
      async () => {
        await train(context);
        await context.kubectl(
          'wait',
          '-n',
          'ml-models',
          '--for=jsonpath={.status.state}=Available',
          'sdep',
          '--all',
          '--timeout=10m',
        );
        return modelAnswers(context, 'xgb-wine-k8s');
      },
    ],
  ];
}

/** The images that pods of the environment run, with those that the operator puts in. */
function imagesOf(env: Environment): string[] {
  const named = [...JSON.stringify(env.objects).matchAll(/"image":"([^"]+)"/g)].map(([, name = '']) => name);
  const used = new Set(JSON.stringify(ofKind(env, 'SeldonDeployment')).match(/[A-Z]+_SERVER/g));
  const config = ofKind<SeldonConfig>(env, 'ConfigMap').find(({ metadata }) => metadata.name === 'seldon-config');
  const servers = JSON.parse(config?.data.predictor_servers ?? '{}') as Servers;
  const served = [...used].flatMap((server) => {
    const image = servers[server]?.protocols.v2;
    return image ? [`${image.image}:${image.defaultImageVersion}`] : [];
  });
  return [...new Set([...named, ...served])];
}

type SeldonConfig = Environment['objects'][number] & { readonly data: Readonly<Record<string, string>> };
type Servers = Readonly<
  Record<
    string,
    { readonly protocols: { readonly v2?: { readonly image: string; readonly defaultImageVersion: string } } }
  >
>;

/** What Kubernetes itself says is wrong, for a reader of a failure. */
async function diagnosis(cluster: Cluster): Promise<string> {
  const pods = await cluster.kubectl(['get', 'pods', '-A', '-o', 'wide']);
  const events = await cluster.kubectl(['get', 'events', '-A', '--field-selector', 'type=Warning']);
  const unready = pods.stdout.split('\n').filter((line) => / 0\/[1-9] /.test(line) && !line.includes('Completed'));
  const logs = unready.map(async (line) => {
    const [namespace = '', name = ''] = line.split(/\s+/);
    const args = ['logs', '-n', namespace, name, '--all-containers', '--tail=15'];
    return `--- ${namespace}/${name}\n${(await cluster.kubectl(args)).stdout}`;
  });
  return [pods.stdout, events.stdout, ...(await Promise.all(logs)), cluster.logs(5)].join('\n');
}
