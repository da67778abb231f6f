/** Whether an environment as it is rendered now can follow on what was rendered before, without a loss of data. */
import { type Origin, problem } from '../../config/problems';
import { formatMemory } from '../lib/quantity';
import type { Explanations } from './config';
import type { Stateful, Volume } from './stateful';

/**
 * What would be lost without a word, a line each.
 * @param file that says `moved` and `removed`
 * @param before what was rendered last time; what has not changed since may be left out
 * @param after all that is rendered now
 */
export function upgradeFaults(
  file: string | Origin,
  { removed = [], moved = [] }: Explanations,
  before: readonly Stateful[],
  after: readonly Stateful[],
): string[] {
  const now = new Map(after.map((object) => [object.title, object]));
  const volumes = new Map(after.flatMap((object) => object.volumes).map((volume) => [volume.title, volume]));
  const isExplained = (title: string) => removed.includes(title) || moved.some(({ from }) => from === title);
  const lost = before.flatMap((object) => {
    const { title } = object;
    if (!now.has(title)) return isExplained(title) ? [] : [problem(file, ['removed'], gone(title))];
    return object.volumes.flatMap((old) => {
      const left = volumes.get(old.title);
      // Fewer replicas leave the claims of those that went.
      if (left === undefined || isExplained(old.title)) return [];
      if (left.bytes < old.bytes) return problem(file, ['removed'], smaller(old.title, old.bytes, left.bytes));
      if (isReadBy(left, old)) return [];
      return problem(file, ['removed'], unread(old, left));
    });
  });
  return [...lost, ...staleEntries(file, { removed, moved }, new Set(before.map(({ title }) => title)), now)];
}

const gone = (title: string) =>
  `lacks ${title}, which dist/ has and which is no longer rendered: ${consequence(title)}; where that is meant, ` +
  `add "${title}", or say in "moved" what it is called now`;

function consequence(title: string): string {
  const [kind] = title.split(' ');
  if (kind === 'Namespace') return 'whoever deletes it deletes the volumes in it';
  if (kind === 'CustomResourceDefinition') return 'whoever deletes it deletes every object of that type';
  return 'its data stays behind';
}

const smaller = (title: string, before: number, after: number) =>
  `lacks ${title}, which would shrink from ${formatMemory(before)} to ${formatMemory(after)}: a volume only grows, and ` +
  `the API server refuses the change; keep its size, or add "${title}" where you replace it by an empty one`;

/** Whether a server that is to come reads the data of the one before. */
export const isReadBy = (after: Volume, before: Volume) =>
  before.writtenBy === undefined || after.writtenBy === undefined || after.writtenBy === before.writtenBy;

const unread = ({ title, writtenBy }: Volume, after: Volume) =>
  `lacks ${title}, whose data ${writtenBy} has written and ${after.writtenBy} does not read: the new server would start ` +
  `empty; keep the release, or add "${title}" where you move the data by a dump (docs/operations.md)`;

/** Entries that would excuse a loss that is still to come, or that name nothing. */
function staleEntries(
  file: string | Origin,
  { removed, moved }: Required<Explanations>,
  before: ReadonlySet<string>,
  now: ReadonlyMap<string, Stateful>,
): string[] {
  return [
    ...removed.flatMap((title, index) =>
      now.has(title) && !title.startsWith('PersistentVolumeClaim ')
        ? problem(file, ['removed', index], `is ${title}, which the environment has; remove the entry`)
        : [],
    ),
    ...moved.flatMap(({ from, to }, index) => [
      ...(now.has(from)
        ? [problem(file, ['moved', index, 'from'], `is ${from}, which is where it was; remove the entry`)]
        : []),
      ...(before.has(from) && !now.has(to)
        ? [problem(file, ['moved', index, 'to'], `is ${to}, which is not rendered, or has no data; such as "${from}"`)]
        : []),
    ]),
  ];
}
