/** What of the data of an environment is left behind, or no longer read, where it is rendered anew. */
import { formatMemory } from '../lib/quantity';
import type { Servers, Stateful, Volume } from './stateful';

export interface Loss {
  /**
   * What the environment no longer has. Where the object stays, the name says what data goes, such as
   * "PersistentVolumeClaim data/db-0 of PostgreSQL 17": so an entry in `removed` excuses that loss, and not the next one.
   */
  readonly name: string;
  /** What is wrong, such as "which PostgreSQL 18 does not read". */
  readonly fate: string;
  /** What comes of it. */
  readonly consequence: string;
  /** How to keep the data. @default - not to leave the object out */
  readonly wayOut?: string;
  /** When it is meant. */
  readonly meant: string;
  /** Whether it depends on the cluster: then it is something to decide, and not refused. @default false */
  readonly isDoubtful?: boolean;
}

/** All that is rendered now, by title. */
export interface Present {
  readonly objects: ReadonlyMap<string, Stateful>;
  readonly volumes: ReadonlyMap<string, Volume>;
}

export const presentOf = (objects: readonly Stateful[]): Present => ({
  objects: new Map(objects.map((object) => [object.title, object])),
  volumes: new Map(objects.flatMap((object) => object.volumes).map((volume) => [volume.title, volume])),
});

/** What is lost of an object that was rendered before. */
export function lossesOf(before: Stateful, { objects, volumes }: Present): Loss[] {
  const now = objects.get(before.title);
  if (now === undefined) return [gone(before.title)];
  return [
    ...(before.servers && now.servers ? rearranged(before.title, before.servers, now.servers) : []),
    ...before.volumes.flatMap((old) => {
      const left = volumes.get(old.title);
      // Claims of servers that go, of which more is said above.
      return left === undefined ? [] : [...shrunk(old, left), ...unread(old, left), ...disowned(old, left)];
    }),
  ];
}

/** Every name by which what is there could be lost. */
export const namesOf = ({ title, volumes, servers }: Stateful): string[] => [
  title,
  ...(servers ? [served(title, servers)] : []),
  ...volumes.flatMap((volume) => [volume.title, sized(volume), ...writersOf(volume)]),
];

const writersOf = ({ title, writtenBy: { software, release, user } = { software: '' } }: Volume) => [
  ...(release === undefined ? [] : [released(title, software, release)]),
  ...(user === undefined ? [] : [owned(title, user)]),
];

const sized = ({ title, bytes }: Volume) => `${title} of ${formatMemory(bytes)}`;
const served = (title: string, { count }: Servers) => `${title} of ${counted(count)}`;
const counted = (servers: number) => `${servers} ${servers === 1 ? 'server' : 'servers'}`;
const released = (title: string, software: string, release: string) => `${title} of ${software} ${release}`;
const owned = (title: string, user?: number) => `${title} of ${called(user)}`;
const called = (user?: number) => (user === undefined ? 'the user that the cluster chooses' : `user ${user}`);

const gone = (title: string): Loss => ({
  name: title,
  fate: 'which dist/ has and which is no longer rendered',
  consequence: consequenceOf(title),
  meant: 'where that is meant',
});

function consequenceOf(title: string): string {
  const [kind] = title.split(' ');
  if (kind === 'Namespace') return 'whoever deletes it deletes the volumes in it';
  if (kind === 'CustomResourceDefinition') return 'whoever deletes it deletes every object of that type';
  return 'its data stays behind';
}

/** Data of more or fewer servers than there are now. Without any, it waits for them to come back. */
function rearranged(title: string, before: Servers, { count, fixedBy }: Servers): Loss[] {
  if (before.count === count || before.count === 0 || count === 0) return [];
  const name = served(title, before);
  if (fixedBy !== undefined) {
    return [
      {
        name,
        fate: `whose data ${fixedBy} of ${counted(count)} does not read`,
        consequence: 'it would not start',
        wayOut:
          'keep their number, or fill a new store beside it ("Move to another object store" in docs/operations.md)',
        meant: 'where it holds nothing yet, or you delete its claims',
      },
    ];
  }
  if (count > before.count) return [];
  return [
    {
      name,
      fate: `of which ${count} would be left`,
      consequence: 'nobody reads what the others alone hold',
      wayOut: 'keep their number',
      meant: 'where you have moved it to those that stay',
    },
  ];
}

function shrunk(before: Volume, after: Volume): Loss[] {
  if (after.bytes >= before.bytes) return [];
  return [
    {
      name: sized(before),
      fate: `which would shrink to ${formatMemory(after.bytes)}`,
      consequence: 'a volume only grows, and the API server refuses the change',
      wayOut: 'keep its size',
      meant: 'where you replace it by an empty one',
    },
  ];
}

/** Data of a server whose release the one to come does not read. */
function unread({ title, writtenBy: before }: Volume, { writtenBy: after }: Volume): Loss[] {
  if (!before?.release || !after?.release || before.release === after.release) return [];
  return [
    {
      name: released(title, before.software, before.release),
      fate: `which ${after.software} ${after.release} does not read`,
      consequence: 'the new server would start empty',
      wayOut: 'keep the release',
      meant: 'where you move the data by a dump (docs/operations.md)',
    },
  ];
}

/** Files of another user than that of the server to come. Whom the cluster chooses may be the same. */
function disowned({ title, writtenBy: before }: Volume, { writtenBy: after }: Volume): Loss[] {
  if (!before || !after || before.user === after.user) return [];
  return [
    {
      name: owned(title, before.user),
      fate: `whose files ${after.software} refuses as ${called(after.user)}`,
      consequence: 'it would not start',
      wayOut: 'keep podSecurity.uids, or give its pod the user by a patch',
      meant: 'where it holds nothing yet, or you move the data by a dump (docs/operations.md)',
      isDoubtful: before.user === undefined || after.user === undefined,
    },
  ];
}
