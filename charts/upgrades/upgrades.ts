/** Whether an environment as it is rendered now can follow on what was rendered before, without a loss of data. */
import { type Origin, problem } from '../../config/problems';
import type { Explanations } from './config';
import { type Loss, lossesOf, namesOf, presentOf } from './losses';
import type { Stateful } from './stateful';

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
  const present = presentOf(after);
  const isExplained = (name: string) => removed.includes(name) || moved.some(({ from }) => from === name);
  const lost = before
    .flatMap((object) => lossesOf(object, present))
    .filter(({ name, isDoubtful = false }) => !isDoubtful && !isExplained(name));
  return [
    ...lost.map((loss) => problem(file, ['removed'], lacking(loss))),
    ...staleEntries(
      file,
      { removed, moved },
      new Set(before.map(({ title }) => title)),
      new Set(present.objects.keys()),
      new Set(after.flatMap(namesOf)),
    ),
  ];
}

function lacking({ name, fate, consequence, wayOut, meant }: Loss): string {
  const lacks = `lacks ${name}, ${fate}: ${consequence}; `;
  return wayOut === undefined
    ? `${lacks}${meant}, add "${name}", or say in "moved" what it is called now`
    : `${lacks}${wayOut}, or add "${name}" ${meant}`;
}

/**
 * Entries that would excuse a loss that is still to come, or that name nothing.
 * @param now the objects that are there
 * @param names what could be lost of them
 */
function staleEntries(
  file: string | Origin,
  { removed, moved }: Required<Explanations>,
  before: ReadonlySet<string>,
  now: ReadonlySet<string>,
  names: ReadonlySet<string>,
): string[] {
  return [
    ...removed.flatMap((name, index) =>
      names.has(name)
        ? problem(file, ['removed', index], `is ${name}, which the environment has; remove the entry`)
        : [],
    ),
    ...moved.flatMap(({ from, to }, index) => [
      ...(names.has(from)
        ? [problem(file, ['moved', index, 'from'], `is ${from}, which is where it was; remove the entry`)]
        : []),
      ...(before.has(from) && !now.has(to)
        ? [problem(file, ['moved', index, 'to'], `is ${to}, which is not rendered, or has no data; such as "${from}"`)]
        : []),
    ]),
  ];
}
