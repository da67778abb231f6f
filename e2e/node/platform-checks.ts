/** What is checked on the node: the quick start, what must hold then, the operations, and what is broken on purpose. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from '../cluster/build/parts';
import { type Check, Checks } from '../cluster/checks';
import { Cluster } from '../cluster/cluster';
import { startingEnvironment } from '../cluster/environments';
import { perform, quickStart } from '../cluster/quick-start';
import { Repository } from '../cluster/repository';
import type { Software } from '../software/install';
import { wineData } from '../software/wine-data';
import { WINE_MODELS } from '../software/wine-models';
import { CLIENT_IMAGE, isAdmitted, isRefused, startClient } from './client';
import { diagnosis } from './diagnosis';
import { eachPodDeleted, killedWhileWriting, kubeletKilled } from './disturbances';
import { batchImage } from './field/batch';
import { field } from './field/field';
import { imagesOf } from './image-names';
import { isolate, load, prepare, startNode } from './kubelet-node';
import { missingBucket, missingSecret, nowhere, wrongPassword } from './mistakes';
import { onlyNode } from './nodes';
import { writeImages } from './oci-images';
import { operations, removals } from './operations';
import { writeResults } from './results';
import { RunningPlatform } from './running-platform';
import {
  anonymous,
  initTwice,
  keys,
  mlflowAnswers,
  modelAnswers,
  modelAnswersPods,
  pageShows,
  roles,
  runIsKept,
} from './services';
import { train } from './training';

export interface PlatformProps {
  readonly project: string;
  /** A folder that is removed afterwards. */
  readonly work: string;
  readonly parts: Parts;
  readonly software: Software;
  /** Whether e2e/RESULTS.md is written. */
  readonly record: boolean;
  /** What comes after the quick start. @default all */
  readonly only?: Group;
}

/** What is done once the platform works, in this order. */
export const GROUPS = ['field', 'operations', 'faults', 'mistakes', 'removal'] as const;
export type Group = (typeof GROUPS)[number];

const LATER: Readonly<Record<Group, (platform: RunningPlatform) => Check[]>> = {
  field: (platform) => field(platform, () => works(platform)),
  operations: (platform) => operations(platform, () => works(platform)),
  faults: comesBack,
  mistakes,
  removal: removals,
};

const RESULTS = { command: 'npm run e2e', file: 'e2e/RESULTS.md' };

/** @returns the exit code */
export async function checkPlatform(props: PlatformProps): Promise<number> {
  const { project, work, parts, software, record, only } = props;
  isolate(work);
  const node = onlyNode(work);
  const repository = Repository.init(project, join(work, 'repository'));
  const env = startingEnvironment(repository);
  const checks = new Checks();
  const cluster = await Cluster.start(parts, join(work, 'cluster'), (started) => startNode(started, parts, node));
  try {
    const data = wineData(project, software, work);
    const platform = new RunningPlatform({ project, work, parts, cluster, repository, env, software, data });
    const images = async () => {
      const names = [...imagesOf(env), CLIENT_IMAGE, batchImage(env)];
      mkdirSync(join(work, 'run'), { recursive: true });
      await load(await writeImages({ project, parts, software, work: join(work, 'run'), names }), node);
      return `${names.length} images`;
    };
    const all: Check[] = [
      ['the images are on the node', images],
      ['a node with DNS', () => prepare(cluster, work)],
      ...quickStarted(platform),
      ...platformWorks(platform),
      ...GROUPS.filter((group) => only === undefined || only === group).flatMap((group) => LATER[group](platform)),
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
  if (record && only === undefined && !checks.failed) writeResults(project, parts, software, checks, RESULTS);
  return checks.failed ? 1 : 0;
}

/** README.md's steps; the training between them. */
function quickStarted(platform: RunningPlatform): Check[] {
  const { cluster, env, project } = platform.props;
  return quickStart(project, env).flatMap((step): Check[] => {
    const name = step.stage === undefined ? 'the Secrets are made' : `${step.stage} is applied, and waited for`;
    const apply: Check = [`quick start: ${name}`, () => perform(cluster, env, project, step, { asWritten: true })];
    return step.stage === '50-models'
      ? [['quick start: the models are trained', () => train(platform)], apply]
      : [apply];
  });
}

function platformWorks(platform: RunningPlatform): Check[] {
  return [
    ["PostgreSQL: MLflow's role and schema", () => roles(platform)],
    ['PostgreSQL: its init scripts run a second time', () => initTwice(platform)],
    ['object store: nothing without a key', () => anonymous(platform)],
    ['object store: each key does its part and no more', () => keys(platform)],
    ['MLflow: health, metrics, Host headers', () => mlflowAnswers(platform)],
    ['a client in another namespace', () => startClient(platform)],
    ['policies: it is refused', () => isRefused(platform)],
    ['policies: it is admitted where the configuration says so', () => isAdmitted(platform)],
    ['MLflow: its run is in the database and in the bucket', () => runIsKept(platform)],
    ...WINE_MODELS.flatMap((name): Check[] => [
      [`${name} answers the documented requests as in training`, () => modelAnswers(platform, name)],
      [`${name} answers the client, by its Service`, () => modelAnswersPods(platform, name)],
    ]),
    ['the page in Chromium shows the prediction', () => pageShows(platform)],
  ];
}

/** The platform does its work, as its users see it. */
async function works(platform: RunningPlatform): Promise<void> {
  await runIsKept(platform);
  for (const name of WINE_MODELS) await modelAnswersPods(platform, name);
  await pageShows(platform);
}

/** After each fault the platform must do its work as before. */
function comesBack(platform: RunningPlatform): Check[] {
  const after = async (fault: Promise<string>) => {
    const seen = await fault;
    await works(platform);
    return seen;
  };
  return [
    ['fault: each pod is deleted once', () => after(eachPodDeleted(platform))],
    [
      'fault: PostgreSQL is killed while a client writes',
      () => after(killedWhileWriting(platform, 'postgres', 'postgresql-0')),
    ],
    [
      'fault: the object store is killed while a client writes',
      () => after(killedWhileWriting(platform, 'minio-system', 'minio-0')),
    ],
    ['fault: the kubelet is killed', () => after(kubeletKilled(platform))],
  ];
}

function mistakes(platform: RunningPlatform): Check[] {
  return [
    ['mistake: a wrong database password', () => wrongPassword(platform)],
    ['mistake: a missing Secret', () => missingSecret(platform)],
    ['mistake: a model URI that points at nothing', () => nowhere(platform)],
    ['mistake: a missing bucket', () => missingBucket(platform)],
    [
      'the models are served again, from the copy of the bucket',
      async () => {
        await platform.modelsAvailable();
        return modelAnswers(platform, 'xgb-wine-k8s');
      },
    ],
  ];
}
