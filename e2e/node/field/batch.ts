/** Batches by Argo Workflows, after docs/operations.md: its real controller, and its executor in the pods. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvironment } from '../../../charts/environment/environments';
import { imagesFor } from '../../../charts/rendering/images-of';
import { ARGO_TYPES } from '../../cluster/build/parts';
import { same } from '../../cluster/checks';
import { until } from '../../cluster/cluster';
import { finished } from '../../cluster/commands';
import type { Environment } from '../../cluster/environments';
import type { List } from '../../cluster/objects';
import { close, documentedRequest } from '../../software/predictions';
import type { WineModel } from '../../software/wine-models';
import { addSettings, follow, renderAndApply, whileChanged } from '../follow';
import { ARGOEXEC } from '../oci-images';
import type { RunningPlatform } from '../running-platform';

/** What calls the model; none of the starting environment's pods has it. */
export const batchImage = ({ home, name }: Environment) =>
  imagesFor(loadEnvironment(join(home, 'environments'), name)).batchProcessor.reference;

const CONTROLLER = 'workflow-controller';
const INPUT = 'models/batch/in';
/** A CronWorkflow, and a Workflow. */
const BATCHES: Readonly<Record<WineModel, { readonly output: string; readonly schedule?: string }>> = {
  'mlflow-wine': { output: 'models/batch/scheduled', schedule: '* * * * *' },
  'xgb-wine-k8s': { output: 'models/batch/once' },
};
const NAMES = Object.keys(BATCHES) as WineModel[];

interface Workflow {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly phase?: string; readonly message?: string };
}

export async function batchesByArgo(platform: RunningPlatform): Promise<string> {
  const { cluster, parts, project, repository, work } = platform.props;
  const types = join(parts.argo, ARGO_TYPES);
  await startController(platform, types);
  const rows = join(work, 'rows.jsonl');
  const row = JSON.stringify(documentedRequest(project));
  writeFileSync(rows, `${row}\n${row}\n`);
  await withStore(platform, async () => finished(await platform.mc('cp', rows, `root/${INPUT}/rows.jsonl`)));

  await whileChanged(platform, async () => {
    for (const name of NAMES) {
      const { output, schedule } = BATCHES[name];
      const batch = {
        engine: 'argo',
        input: `s3://${INPUT}/`,
        output: `s3://${output}`,
        ...(schedule && { schedule }),
      };
      addSettings(join(repository.environment(), 'models', `${name}.yaml`), { batch });
    }
    finished(repository.command('synth'));
    await follow(platform, 'Add a key to a Secret');
    await renderAndApply(platform, '10-setup', '55-batch');
    await until('both batches have succeeded', 300, () => unfinished(platform));
    await cluster.run(['delete', '-f', join(repository.dist(), '55-batch')]);
  });
  const answers = await withStore(platform, async () => {
    const said: string[] = [];
    for (const name of NAMES) said.push(await answersOf(platform, name));
    return said;
  });
  await cluster.run(['delete', '-f', types]);
  await cluster.end(CONTROLLER);
  // What the batches had is taken back, the key of the bucket with it.
  finished(repository.command('synth'));
  await follow(platform, 'Add a key to a Secret');
  await renderAndApply(platform, '10-setup');
  return `a CronWorkflow and a Workflow wrote ${answers.join(' and ')}`;
}

const withStore = <T>(platform: RunningPlatform, body: () => Promise<T>) =>
  platform.forward('minio-system', 'svc/minio', '9000', body);

/** It runs on the node, with all rights: those of the pods are what is tried. */
async function startController({ props }: RunningPlatform, types: string): Promise<void> {
  const { cluster, parts } = props;
  await cluster.run(['apply', '--server-side', '-f', types]);
  const metadata = { name: 'workflow-controller-configmap', namespace: 'default' };
  await cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {} });
  cluster.launch(
    join(parts.argo, CONTROLLER),
    ['--executor-image', ARGOEXEC, '--executor-image-pull-policy', 'IfNotPresent', '--namespace', 'default'],
    { ...cluster.environment(), LEADER_ELECTION_DISABLE: 'true' },
  );
}

/** @throws Error where a Workflow has failed */
async function unfinished({ props: { cluster } }: RunningPlatform): Promise<string | undefined> {
  const { items } = await cluster.get<List<Workflow & List['items'][number]>>('-n', 'ml-models', 'workflows');
  const phases = items.map(
    ({ metadata, status }) => `${metadata.name}: ${status?.phase ?? 'none'} ${status?.message ?? ''}`,
  );
  const failed = phases.filter((text) => /: (Failed|Error)/.test(text));
  if (failed.length > 0) throw new Error(failed.join('\n'));
  const done = NAMES.filter((name) =>
    phases.some((text) => text.startsWith(`batch-${name}-`) && text.includes('Succeeded')),
  );
  return done.length === NAMES.length ? undefined : phases.join(', ');
}

/** Each row has the answer that the model gave where it was trained. */
async function answersOf(platform: RunningPlatform, name: WineModel): Promise<string> {
  const { output } = BATCHES[name];
  const text = finished(await platform.mc('cat', `root/${output}/rows.jsonl`));
  const answers = text.split('\n').map((line) => {
    const { outputs } = JSON.parse(line) as { outputs: { data: number[] }[] };
    return outputs[0]?.data[0] ?? Number.NaN;
  });
  same(answers.length, 2);
  for (const answer of answers) close(answer, platform.expected(name));
  return `${answers.length} answers of ${name}`;
}
