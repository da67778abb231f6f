/** What `synth` says of a run that succeeded. */
import { DELIVERY } from '../../charts/delivery/delivery';
import { formatCpu, formatMemory } from '../../charts/lib/quantity';
import { STAGES } from '../../charts/lib/stages';
import { roundedSeries } from '../../charts/monitoring/series';
import { KUSTOMIZATION, type Summary } from '../../charts/rendering/render';
import type { Change } from './changes';

/** More names than these are a number. */
const NAMED = 5;
const KINDS = ['added', 'changed', 'removed'] as const;

/** One line about an environment. */
export function describe({ environment, objects, models, requests, series }: Summary): string {
  const scraped = series > 0 ? `; about ${roundedSeries(series)} series in Prometheus` : '';
  return (
    `${environment}: ${objects} objects, ${models} ${models === 1 ? 'model' : 'models'}; requests ` +
    `${formatCpu(requests.cpu)} CPU, ${formatMemory(requests.memory)} memory, ${formatMemory(requests.storage)} volumes${scraped}\n`
  );
}

/**
 * The changes by environment and stage, and the commands that bring them to a cluster.
 * @param target the output folder
 */
export function describeChanges(target: string, changes: readonly Change[]): string {
  if (changes.length === 0) return 'no file changed\n';
  const environments = groupBy(changes, ({ path }) => path.split('/')[0] ?? '');
  return [...environments].map(([name, of]) => describeEnvironment(target, name, of)).join('');
}

function describeEnvironment(target: string, environment: string, changes: readonly Change[]): string {
  const folder = `${target}/${environment}`;
  const stages = groupBy(changes, stageOf);
  const lines = [...stages].map(([stage, of]) => `  ${stage === '' ? '' : `${stage}: `}${describeFiles(of)}\n`);
  // A file in a folder of its own, which -f alone does not look into.
  const isBelow = ({ path }: Change) => path.split('/').length > 3;
  const recursive = (stage: string, of: readonly Change[]) => (stage !== DELIVERY && of.some(isBelow) ? '-R ' : '');
  const isNew = changes.some(({ kind, path }) => kind === 'added' && path === `${environment}/${KUSTOMIZATION}`);
  const commands = [...stages]
    // The tools that are named in delivery/ deploy what is in its folders themselves.
    .map(([stage, of]) => [stage, stage === DELIVERY ? of.filter((change) => !isBelow(change)) : of] as const)
    .filter(([stage, of]) => stage !== '' && of.some(({ kind }) => kind !== 'removed'))
    .flatMap(([stage, of]) => [
      `  kubectl apply --server-side ${recursive(stage, of)}-f ${folder}/${stage}\n`,
      // Secrets need their namespaces, and everything else needs Secrets.
      ...(isNew && stage === STAGES[0] ? [`  npx ml-platform secrets ${environment} | kubectl create -f -\n`] : []),
    ]);
  const order = isNew
    ? 'apply, in this order, each stage when all of the one before it runs:'
    : 'apply, in this order:';
  return [
    `\nchanged in ${folder}: ${counted(changes.length)}\n`,
    ...lines,
    ...(commands.length > 0 ? [`${order}\n`, ...commands] : []),
    ...(isGone(changes) ? [howToDelete(environment, folder, changes)] : []),
  ].join('');
}

function howToDelete(environment: string, folder: string, changes: readonly Change[]): string {
  const said = 'apply deletes nothing: what the removed files made stays in the cluster.';
  // Without its folder, there is nothing to deploy.
  const isWhole = changes.some(({ kind, path }) => kind === 'removed' && path === `${environment}/${KUSTOMIZATION}`);
  return isWhole
    ? `${said} "Remove an environment" in docs/operations.md\nsays in which order to delete it, by the files of before: git show HEAD:${folder}/FILE\n`
    : `${said} This lists it, asks, and removes it:\n  npx ml-platform deploy ${environment} --prune\n`;
}

/** Whether objects are no longer rendered. The files of many models move to folders below their stage, and are the same. */
function isGone(changes: readonly Change[]): boolean {
  const nameOf = (change: Change) => `${stageOf(change)}/${change.path.split('/').at(-1)}`;
  const added = new Set(changes.filter(({ kind }) => kind === 'added').map(nameOf));
  return changes.some((change) => change.kind === 'removed' && stageOf(change) !== '' && !added.has(nameOf(change)));
}

/** Such as "added churn.yaml; changed wine.yaml, iris.yaml". */
function describeFiles(changes: readonly Change[]): string {
  return KINDS.flatMap((kind) => {
    const names = changes.filter((change) => change.kind === kind).map(({ path }) => path.split('/').at(-1) ?? '');
    if (names.length === 0) return [];
    return `${kind} ${names.length > NAMED ? counted(names.length) : names.join(', ')}`;
  }).join('; ');
}

const counted = (files: number) => `${files} ${files === 1 ? 'file' : 'files'}`;

/** The stage of a file; empty for what lies beside the stages. */
function stageOf({ path }: Pick<Change, 'path'>): string {
  const [, stage = '', file] = path.split('/');
  return file === undefined ? '' : stage;
}

/** Groups in the order of their keys, which is the order in which stages are applied. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}
