/** `ml-platform deploy`. */
import { type Command, Option } from 'commander';
import { counted } from '../../charts/inventory/text';
import { STAGES } from '../../charts/lib/stages';
import { type ClusterOptions, Kubectl } from '../cluster/kubectl';
import { Membership } from '../cluster/membership';
import { titleOf } from '../cluster/objects';
import { addClusterOptions, seconds } from '../cluster/options';
import { type RenderedEnvironment, type RenderedStage, readRendered } from '../cluster/rendered';
import { Interrupted, UsageError } from '../command';
import { examples } from '../help';
import type { Terminal } from '../terminal';
import { deploy } from './deploy';
import { describeUnasked, differenceOf } from './difference';
import { type PruneFlags, type PrunePlan, planOf, remove } from './prune';

interface Options extends ClusterOptions, PruneFlags {
  readonly only?: readonly string[];
  readonly dryRun?: true;
  readonly prune?: true;
  readonly forceConflicts?: true;
  readonly yes?: true;
  readonly timeout: number;
}

export function addDeploy(program: Command, terminal: Terminal): void {
  const command = program
    .command('deploy')
    .summary('apply dist/<env> to a cluster, stage after stage')
    .description(
      'Applies dist/<env> by kubectl: the files that are there, in the order of their stages, each stage when all of the ' +
        'one before runs. It stops at the first object that will not get ready, and shows its events and its log. Run ' +
        'again, it goes on from there.',
    )
    .argument('<env>', 'the environment, a folder of dist/')
    .addOption(new Option('--only <stage...>', 'apply these stages alone').choices(STAGES))
    .option('--dry-run', 'print what the API server says would change, and change nothing')
    .option('--force-conflicts', 'take back fields that somebody has changed by another command')
    .option('--timeout <duration>', 'how long each stage may take, such as 90s or 15m', seconds, 15 * 60)
    .option('--prune', 'then remove what left dist/, but for namespaces, types and volumes')
    .option('--prune-namespaces', 'the same, and namespaces with all that is in them')
    .option('--prune-types', 'the same, and types with all objects of them')
    .option('--prune-volumes', 'the same, and volume claims with their data')
    .option('--yes', 'remove without a question')
    .addHelpText(
      'after',
      examples(
        'npx ml-platform deploy minikube',
        'npx ml-platform deploy minikube --dry-run --prune',
        'npx ml-platform deploy minikube --only 10-setup 50-models --prune --yes',
      ),
    );
  // commander prints a default as it is parsed.
  const timeout = command.options.find(({ long }) => long === '--timeout');
  timeout?.default(15 * 60, '15m');
  addClusterOptions(command).action((name: string, options: Options) => {
    const environment = readRendered(name);
    const stages = chosen(environment, options.only);
    return terminal.interruptible(async (interruption) => {
      const kubectl = new Kubectl(terminal.env, options, interruption);
      try {
        await run(terminal, kubectl, environment, stages, options);
      } catch (error) {
        const { reason } = interruption;
        if (!(reason instanceof Interrupted)) throw error;
        throw new Interrupted(
          reason.signal,
          `the cluster may have a part of it; run again: ${commandOf(name, options)}`,
        );
      }
    });
  });
}

/** @throws UsageError for a stage that the environment does not have */
function chosen({ name, stages }: RenderedEnvironment, only?: readonly string[]): readonly RenderedStage[] {
  if (only === undefined) return stages;
  const lost = only.find((stage) => !stages.some((each) => each.name === stage));
  if (lost) {
    const there = stages.map((stage) => stage.name).join(', ');
    throw new UsageError(`--only: dist/${name} has no stage ${lost}; it has ${there}`);
  }
  return stages.filter((stage) => only.includes(stage.name));
}

/** The command line that does the same. */
function commandOf(name: string, { only = [], context, kubeconfig, forceConflicts }: Options): string {
  return [
    'npx ml-platform deploy',
    name,
    ...(only.length > 0 ? ['--only', ...only] : []),
    ...(context === undefined ? [] : [`--context ${context}`]),
    ...(kubeconfig === undefined ? [] : [`--kubeconfig ${kubeconfig}`]),
    ...(forceConflicts ? ['--force-conflicts'] : []),
  ].join(' ');
}

async function run(
  terminal: Terminal,
  kubectl: Kubectl,
  environment: RenderedEnvironment,
  stages: readonly RenderedStage[],
  options: Options,
): Promise<void> {
  const { name, folder } = environment;
  const { timeout, forceConflicts = false, prune, pruneNamespaces, pruneTypes, pruneVolumes } = options;
  if (options.dryRun) {
    for (const stage of stages) await showDifference(terminal, kubectl, stage);
  } else {
    terminal.err(`applies ${folder} to the cluster of the context ${await contextOf(kubectl, options)}\n`);
    const again = commandOf(name, options);
    await deploy(terminal, kubectl, { environment, stages, timeout, forceConflicts, again });
    const applied = stages.reduce((sum, { objects }) => sum + objects.length, 0);
    terminal.out(`${folder}: ${counted(applied, 'object')} applied and ready\n`);
  }
  const membership = await Membership.read(kubectl, environment);
  const left = await membership.leftOver();
  const plan = await planOf(kubectl, left, membership.ofOthers, options);
  if (!options.dryRun) await membership.replace(left);
  const prunes = prune || pruneNamespaces || pruneTypes || pruneVolumes;
  if (!prunes) return hintAt(terminal, plan, commandOf(name, options));
  describePlan(terminal, plan);
  if (options.dryRun || plan.removed.length === 0) return;
  if (!options.yes) await confirm(terminal, plan);
  await remove(kubectl, plan.removed, Date.now() + timeout * 1000, (text) => terminal.err(`${text}\n`));
  await membership.replace(plan.kept.map(({ object }) => object));
  terminal.out(`${counted(plan.removed.length, 'object')} removed\n`);
}

async function contextOf(kubectl: Kubectl, { context }: ClusterOptions): Promise<string> {
  if (context !== undefined) return context;
  const { stdout } = await kubectl.run(['config', 'current-context']);
  return stdout.trim() || '(none)';
}

async function showDifference(terminal: Terminal, kubectl: Kubectl, { name, objects }: RenderedStage): Promise<void> {
  const { text, unasked } = await differenceOf(kubectl, objects);
  terminal.err(`${name}: ${text === '' ? 'nothing differs' : 'differs'}\n`);
  terminal.out(text);
  if (unasked.length > 0) terminal.out(`${name}: ${describeUnasked(unasked)}\n`);
}

function hintAt(terminal: Terminal, { removed, kept }: PrunePlan, command: string): void {
  const left = [...removed, ...kept.map(({ object }) => object)];
  if (left.length === 0) return;
  terminal.err('these left dist/ and are still in the cluster:\n');
  for (const object of left) terminal.err(`  ${titleOf(object)}\n`);
  terminal.err(`to remove them: ${command} --prune\n`);
}

function describePlan(terminal: Terminal, { removed, kept }: PrunePlan): void {
  if (removed.length + kept.length === 0) terminal.err('nothing has left dist/: there is nothing to remove\n');
  for (const object of removed) terminal.out(`to remove: ${titleOf(object)}\n`);
  for (const { object, why } of kept) terminal.out(`stays: ${titleOf(object)}; ${why}\n`);
}

/** @throws UsageError where nobody can be asked; Error where the answer is no */
async function confirm(terminal: Terminal, { removed }: PrunePlan): Promise<void> {
  if (!terminal.ask) throw new UsageError('nobody is here to say yes to that: add --yes, after a look at the list');
  const answer = await terminal.ask(`remove ${counted(removed.length, 'object')}? Type "yes": `);
  if (answer.trim() !== 'yes') throw new Error('nothing was removed');
}
