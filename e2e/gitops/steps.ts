/** What a tool is asked to do with the starting environment, each time by a commit. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorKeeper } from '../api/deploy-runs';
import { prepare } from '../api/kwok-node';
import { startOperator } from '../api/operator';
import type { Parts } from '../cluster/build/parts';
import { type Check, same } from '../cluster/checks';
import { type Cluster, until } from '../cluster/cluster';
import { finished } from '../cluster/commands';
import { type Environment, startingEnvironment } from '../cluster/environments';
import type { KubernetesObject, List } from '../cluster/objects';
import { Repository, STARTING } from '../cluster/repository';
import type { GitServer } from './git-server';
import { everyPart, failed, type GitOpsTool, ready } from './tool';

export interface GitOpsRun {
  readonly cluster: Cluster;
  readonly git: GitServer;
  readonly project: string;
  readonly work: string;
  readonly parts: Parts;
  readonly tool: GitOpsTool;
}

interface Created extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly creationTimestamp: string };
}

const MODEL = 'another';
const DEPLOYMENTS = 'seldondeployments.machinelearning.seldon.io';

/** @returns the checks, each of which needs the ones before it, and what ends them */
export function stepsOf(run: GitOpsRun): { steps: Check[]; stop: () => Promise<void> } {
  const { cluster, git, project, work, parts, tool } = run;
  const repository = Repository.init(project, join(work, 'repository'));
  const settings = join(repository.environment(), 'platform.yaml');
  const given = readFileSync(settings, 'utf8');
  const configure = (more: string) =>
    writeFileSync(settings, `${given}\ndelivery: ${JSON.stringify(tool.settings(git.url))}\n${more}`);
  let keeper: OperatorKeeper | undefined;
  let commit = '';

  /** Renders and pushes, and tells the tool. */
  const change = async (message: string, edit: () => void, notified = true) => {
    edit();
    finished(repository.command('synth', STARTING));
    commit = await git.push(repository.root, message);
    if (notified) await tool.notify();
  };
  const environment = () => startingEnvironment(repository);
  const names = (env: Environment) => ['ml-platform', ...env.stages].map((part) => `${STARTING}-${part}`).sort();
  const settle = async () => everyPart(tool, commit, names(environment()));
  const known = new Set<string>();
  /** That nothing had to be tried again since the last look. */
  const withoutRetry = async () => {
    const all = await tool.failures();
    const fresh = all.filter((line) => !known.has(line));
    for (const line of all) known.add(line);
    if (fresh.length > 0) throw new Error(`${fresh.length} retries:\n${fresh.join('\n')}`);
    return '0 retries';
  };
  /** Takes note of the failures of a fault that was made on purpose. */
  const forgive = async () => {
    const all = await tool.failures();
    const fresh = all.filter((line) => !known.has(line));
    for (const line of all) known.add(line);
    return fresh.length;
  };
  const model = (name: string) => join(repository.environment(), 'models', `${name}.yaml`);
  const exists = async (...args: string[]) => (await cluster.kubectl(['get', ...args])).code === 0;
  const gone = (what: string, ...args: string[]) =>
    until(`${what} is gone`, 60, async () => ((await exists(...args)) ? 'still there' : undefined));

  const steps: Check[] = [
    [
      'a cluster with a node',
      async () => {
        configure('');
        finished(repository.command('synth', STARTING));
        await prepare(cluster, environment(), project, parts);
        return tool.start();
      },
    ],
    [
      'an empty cluster to every stage, by a push',
      async () => {
        await change('the platform', () => {}, false);
        keeper = new OperatorKeeper({ cluster, env: environment(), project }, parts);
        await cluster.run(['apply', '--server-side', '-f', join(repository.dist(), 'delivery')]);
        const order = (await settle()).filter((name) => !name.endsWith('-ml-platform'));
        same(order, [...order].sort());
        await inOrder(cluster, environment());
        return `${order.length} stages in their order; ${await withoutRetry()}`;
      },
    ],
    [
      'a model is added',
      async () => {
        await change('a model', () => cpSync(model('xgb-wine-k8s'), model(MODEL)));
        await settle();
        same(await exists('-n', 'ml-models', DEPLOYMENTS, MODEL), true);
        return `it is Available; ${await withoutRetry()}`;
      },
    ],
    [
      'a model is removed',
      async () => {
        await change('no model', () => rmSync(model(MODEL)));
        await settle();
        await gone('the model', '-n', 'ml-models', DEPLOYMENTS, MODEL);
        await until('its pods are gone', 60, async () => {
          const { items } = await cluster.get<List>(
            '-n',
            'ml-models',
            'pods',
            `--selector=seldon-deployment-id=${MODEL}`,
          );
          return items.length > 0 ? `${items.length} pods` : undefined;
        });
        return `it is gone; ${await withoutRetry()}`;
      },
    ],
    [
      'a component is removed',
      async () => {
        await change('no front end', () => configure('frontend: {enabled: false}\nremoved: [Namespace fe]\n'));
        await settle();
        await gone('the front end', '-n', 'fe', 'deployment', 'fe-deployment');
        same(await exists('namespace', 'fe'), true);
        return `its stage and its objects are gone, its namespace stays; ${await withoutRetry()}`;
      },
    ],
    [
      'and comes back',
      async () => {
        await change('a front end', () => configure(''));
        await settle();
        return withoutRetry();
      },
    ],
    [
      'while the operator is down, the stages before the models go on',
      async () => {
        await cluster.end('manager');
        await change('models and MLflow', () => {
          cpSync(model('xgb-wine-k8s'), model(MODEL));
          configure(
            'mlflow: {podAnnotations: {example.com/changed: "yes"}}\nseldon: {podAnnotations: {example.com/changed: "yes"}}\n',
          );
        });
        const said = await failed(tool, `${STARTING}-50-models`, /webhook/);
        for (const stage of ['20-operators', '30-data', '40-tracking'])
          await ready(tool, `${STARTING}-${stage}`, commit);
        return `50-models: ${said.replaceAll('\n', ' ').slice(0, 110)}`;
      },
    ],
    [
      'when it is back, so are they',
      async () => {
        await startOperator(cluster, environment(), parts);
        await settle();
        same(await exists('-n', 'ml-models', DEPLOYMENTS, MODEL), true);
        return `${await forgive()} reports of the failure`;
      },
    ],
    [
      'a bad commit stops its stage, and is reverted',
      async () => {
        const file = join(repository.dist(), '50-models', `${MODEL}.yaml`);
        const good = readFileSync(file, 'utf8');
        writeFileSync(file, good.replace(/^ {2}predictors:\n(.*\n)*/m, '  predictors: []\n'));
        commit = await git.push(repository.root, 'bad');
        await tool.notify();
        const said = await failed(tool, `${STARTING}-50-models`, /no predictors/);
        await ready(tool, `${STARTING}-40-tracking`, commit);
        await change('revert', () => {});
        await settle();
        return `${said.replaceAll('\n', ' ').slice(0, 110)}; ${await forgive()} reports`;
      },
    ],
    ['nothing else had to be tried again', withoutRetry],
  ];
  return { steps, stop: async () => keeper?.stop() };
}

/** That no object of a stage was made before every object of the stages before it. */
async function inOrder(cluster: Cluster, env: Environment): Promise<void> {
  let before = '';
  for (const stage of env.stages) {
    const { items } = await cluster.get<List<Created>>('-f', join(env.folder, stage));
    const times = items.map(({ metadata }) => metadata.creationTimestamp).sort();
    if ((times[0] ?? '') < before)
      throw new Error(`${stage} began at ${times[0]}, and the one before ended at ${before}`);
    before = times.at(-1) ?? before;
  }
}
