/** Applies a rendered environment, stage after stage, each when all of the one before runs. */
import { counted } from '../../charts/inventory/text';
import { refusals } from '../cluster/events';
import type { Kubectl } from '../cluster/kubectl';
import { list, liveObjects } from '../cluster/live';
import { Membership } from '../cluster/membership';
import type { RenderedEnvironment, RenderedStage } from '../cluster/rendered';
import { missingSecrets, secretsNeeded } from '../cluster/secrets';
import { describeMissing, missingTypes, type ServedTypes, servedTypes } from '../cluster/types';
import type { Terminal } from '../terminal';
import { applyStage, Refused, remedyForRefusal } from './apply';
import { Progress } from './progress';
import { describeFailure } from './report';
import { waitForStage } from './wait';

export interface DeployProps {
  readonly environment: RenderedEnvironment;
  /** Those of its stages that are applied, in their order. */
  readonly stages: readonly RenderedStage[];
  /** How long a stage may take, in seconds. */
  readonly timeout: number;
  readonly forceConflicts: boolean;
  /** The command that goes on where this one has stopped. */
  readonly again: string;
}

/**
 * @throws Error where something is missing, before anything is applied; and with the first stage that fails
 */
export async function deploy(terminal: Terminal, kubectl: Kubectl, props: DeployProps): Promise<void> {
  const { environment, stages, again } = props;
  await requireAll(kubectl, props);
  const membership = await Membership.read(kubectl, environment);
  const progress = Progress.of(
    terminal,
    stages.map(({ name }) => name),
  );
  try {
    for (const stage of stages) {
      const problem = await deployStage(kubectl, stage, membership, progress, props);
      if (problem === undefined) continue;
      progress.end(stage.name, 'failed', 'stopped');
      throw new Error(`${stage.name}: ${problem}\n${untouched(stages, stage)}then run again: ${again}`.trimEnd());
    }
  } finally {
    progress.stop();
  }
}

/** Says what the stages after one that failed are: as they were. */
function untouched(stages: readonly RenderedStage[], failed: RenderedStage): string {
  const rest = stages.slice(stages.indexOf(failed) + 1).map(({ name }) => name);
  return rest.length === 0 ? '' : `not applied: ${rest.join(', ')}; `;
}

/** @returns what is wrong, where it did not succeed */
async function deployStage(
  kubectl: Kubectl,
  stage: RenderedStage,
  membership: Membership,
  progress: Progress,
  { timeout, forceConflicts }: DeployProps,
): Promise<string | undefined> {
  const deadline = Date.now() + timeout * 1000;
  const say = (text: string, details: readonly string[] = []) => progress.say(stage.name, text, details);
  const all = counted(stage.objects.length, 'object');
  say(`applies ${all}`);
  const earlier = await earlierRefusals(kubectl, stage);
  const before = await generations(kubectl, stage);
  for (;;) {
    try {
      await applyStage(kubectl, stage, { deadline, forceConflicts, say });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return `the API server refuses it\n${indented(error.message)}\n  what to do:\n    ${remedyForRefusal(error.message)}`;
    }
    await membership.add();
    // Only now are the types there that the stage brings itself.
    const types = await servedTypes(kubectl, stage.objects);
    const after = await generations(kubectl, stage);
    const isChanged = [...before].some(([key, generation]) => after.get(key) !== generation);
    const settled = isChanged ? Date.now() + SETTLING * 1000 : 0;
    const outcome = await waitForStage(kubectl, types, stage, { deadline, settled, earlier, say });
    if (outcome.state === 'ready') {
      progress.end(stage.name, 'done', `${all} ready`);
      return undefined;
    }
    if (outcome.state === 'failed') return describeFailure(kubectl, outcome.failure);
    // Somebody removes what is applied, such as a namespace that was still being deleted.
    if (Date.now() > deadline) return 'objects vanish as soon as they are applied; is something else deleting them?';
    say('applies again what has gone meanwhile');
  }
}

/** Seconds in which an operator looks at what has changed. */
const SETTLING = 5;

/** The generations of a stage's custom resources, by keyOf(). Types of Kubernetes itself write which one they have seen. */
async function generations(kubectl: Kubectl, { objects }: RenderedStage): Promise<ReadonlyMap<string, unknown>> {
  const custom = objects.filter(({ apiVersion }) => /\..*\//.test(apiVersion) && !/k8s\.io\//.test(apiVersion));
  if (custom.length === 0) return new Map();
  const live = await liveObjects(kubectl, await servedTypes(kubectl, custom), custom);
  return new Map([...live].map(([key, { metadata }]) => [key, metadata.generation]));
}

const indented = (text: string) =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');

async function earlierRefusals(kubectl: Kubectl, { objects }: RenderedStage) {
  const there = (await list(kubectl, '', 'namespaces')).map(({ metadata }) => metadata.name);
  const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  const own = [...namespaces].filter((name) => there.includes(name));
  return (await Promise.all(own.map((name) => refusals(kubectl, name)))).flat();
}

/**
 * What the stages need that they do not bring themselves.
 * @throws Error with all that is missing
 */
async function requireAll(kubectl: Kubectl, { environment, stages, again }: DeployProps): Promise<void> {
  const objects = stages.flatMap((stage) => stage.objects);
  const types: ServedTypes = await servedTypes(kubectl, objects);
  const lost = missingTypes(types, objects);
  const foreign = missingTypes(types, environment.objects);
  const secrets = await missingSecrets(kubectl, secretsNeeded(objects, environment.objects));
  const problems = [
    ...lost.map((object) => {
      const isOwn = !foreign.some(({ apiVersion, kind }) => apiVersion === object.apiVersion && kind === object.kind);
      return `the cluster does not know ${describeMissing(object)}${isOwn ? '; an earlier stage brings it' : ''}`;
    }),
    ...(secrets.length > 0 ? [await missingSecretsText(kubectl, environment, secrets)] : []),
  ];
  if (problems.length === 0) return;
  throw new Error([...problems, `nothing was applied; then run again: ${again}`].join('\n'));
}

async function missingSecretsText(
  kubectl: Kubectl,
  { name, folder, stages }: RenderedEnvironment,
  secrets: readonly string[],
): Promise<string> {
  const there = (await list(kubectl, '', 'namespaces')).map(({ metadata }) => metadata.name);
  const isHomeless = secrets.some((secret) => !there.includes(secret.split('/')[0] ?? ''));
  const [first] = stages;
  const flags = kubectl.contextFlags.map((flag) => ` ${flag}`).join('');
  return [
    `the cluster lacks ${secrets.length === 1 ? 'a Secret' : `${secrets.length} Secrets`} that ${folder} refers to:`,
    ...secrets.map((secret) => `  ${secret}`),
    'make them:',
    // Secrets need their namespaces.
    ...(isHomeless && first ? [`  npx ml-platform deploy ${name} --only ${first.name}${flags}`] : []),
    `  ${kubectl.command} get secrets -A -l app.kubernetes.io/part-of=ml-platform -o json |`,
    `    npx ml-platform secrets ${name} --existing - | ${kubectl.command} create -f -`,
  ].join('\n');
}
