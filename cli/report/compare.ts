/** All that a report says of the difference between two trees. */
import { type Capacity, capacityOf, sum } from '../../charts/rendering/capacity';
import { lossesOf, presentOf } from '../../charts/upgrades/losses';
import { statefulOf } from '../../charts/upgrades/stateful';
import { accessFindings } from './access';
import type { Finding } from './finding';
import { refusals } from './immutable';
import { callerFindings, type ModelChange, modelChanges } from './models';
import { networkFindings } from './network';
import { differingObjects, type Pair } from './objects';
import { placeFindings } from './places';
import { downtimeOf, type Restart, restartsOf } from './restarts';
import { restartsByOperator } from './servers';
import type { Tree } from './trees';

/** What changes in one environment. */
export interface EnvironmentChange {
  readonly environment: string;
  readonly pairs: readonly Pair[];
  readonly findings: readonly Finding[];
  readonly restarts: readonly Restart[];
  readonly models: readonly ModelChange[];
  /** How much more is asked for than before; less where it is negative. */
  readonly capacity: Capacity;
}

/** Every environment in which something changes, by name. */
export function compareTrees(base: Tree, head: Tree): EnvironmentChange[] {
  const pairs = differingObjects(base, head);
  const names = new Set([...base.files.keys(), ...head.files.keys()].map((path) => path.split('/')[0] ?? ''));
  return [...names].sort().flatMap((environment) => {
    const own = pairs.filter((pair) => pair.environment === environment);
    const models = modelChanges(environment, base.lock(environment), head.lock(environment));
    if (own.length === 0 && models.length === 0) return [];
    const restarts = own.map((pair) => restartsOf(pair));
    return {
      environment,
      pairs: own,
      restarts: [...restarts.flat(), ...restartsByOperator(environment, own, head)],
      models,
      findings: [
        ...own.flatMap(refusals),
        ...own.flatMap(dataFindings),
        ...own.flatMap(placeFindings),
        ...own.flatMap((pair, index) => downtimeOf(pair, restarts[index] ?? [])),
        ...own.flatMap(accessFindings),
        ...own.flatMap(networkFindings),
        ...models.flatMap(callerFindings),
      ],
      capacity: difference(own),
    };
  });
}

/** Objects with data that go, and data that nobody reads any more. */
function dataFindings({ environment, title, before, after }: Pair): Finding[] {
  const [old] = before ? statefulOf(before) : [];
  if (old === undefined) return [];
  if (after === undefined) {
    return [
      { kind: 'data', environment, title, text: 'is removed, and the data with it once it is deleted in the cluster' },
    ];
  }
  return lossesOf(old, presentOf(statefulOf(after))).map(
    ({ name, fate, consequence, wayOut }): Finding => ({
      kind: 'data',
      environment,
      title,
      text: `${name}, ${fate}: ${consequence}`,
      ...(wayOut !== undefined && { wayOut }),
    }),
  );
}

function difference(pairs: readonly Pair[]): Capacity {
  const before = sum(pairs.flatMap(({ before }) => (before ? [capacityOf(before)] : [])));
  const after = sum(pairs.flatMap(({ after }) => (after ? [capacityOf(after)] : [])));
  return { cpu: after.cpu - before.cpu, memory: after.memory - before.memory, storage: after.storage - before.storage };
}
