/** Which images and Secrets the objects of a report use otherwise than before. */
import { imagesOf, splitImage } from '../../charts/images/references';
import { podsOf } from '../../charts/inventory/objects';
import type { ContainerJson, ObjectJson, PodJson } from '../../charts/lib/workload-json';
import type { Pair } from './objects';

/** One image in place of another, and the objects that have it. */
export interface ImageChange {
  readonly repository: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly objects: number;
}

/** By repository: the versions that objects no longer name, and those that they name now. */
export function imageChanges(pairs: readonly Pair[]): ImageChange[] {
  const found = new Map<string, { before: Set<string>; after: Set<string>; objects: number }>();
  for (const { before, after } of pairs) {
    const [old, now] = [before, after].map((object) => (object ? imagesOf(object) : [])) as [string[], string[]];
    const changed = [
      ...old.filter((image) => !now.includes(image)).map((image) => ['before', image] as const),
      ...now.filter((image) => !old.includes(image)).map((image) => ['after', image] as const),
    ];
    const counted = new Set<string>();
    for (const [side, image] of changed) {
      const { repository, version } = splitImage(image);
      const entry = found.get(repository) ?? { before: new Set(), after: new Set(), objects: 0 };
      found.set(repository, entry);
      entry[side].add(version);
      if (!counted.has(repository)) entry.objects++;
      counted.add(repository);
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([repository, { before, after, objects }]) => ({
      repository,
      before: [...before].sort(),
      after: [...after].sort(),
      objects,
    }));
}

/** What an object reads of Secrets that it did not read before, and no longer reads. */
export function secretChanges({ title, before, after }: Pair): string[] {
  const [old, now] = [before, after].map((object) => (object ? secretsOf(object) : [])) as [string[], string[]];
  const added = now.filter((secret) => !old.includes(secret));
  const gone = old.filter((secret) => !now.includes(secret));
  return [
    ...(added.length > 0 ? [`${title} reads ${added.join(', ')}`] : []),
    ...(gone.length > 0 ? [`${title} no longer reads ${gone.join(', ')}`] : []),
  ];
}

/** Every Secret that an object's pods read, with the key where it is one. */
function secretsOf(object: ObjectJson): string[] {
  // Asking what the operator makes of thousands of models takes long.
  if (!/"(secret|secretKeyRef|secretRef|imagePullSecrets)":/.test(JSON.stringify(object))) return [];
  return [...new Set(podsOf(object).flatMap(secretsOfPod))].sort();
}

const secretsOfPod = ({ containers, initContainers = [], volumes = [], imagePullSecrets = [] }: PodJson): string[] => [
  ...[...containers, ...initContainers].flatMap(secretsOfContainer),
  ...volumes.flatMap(({ secret }) => (secret ? [secret.secretName] : [])),
  ...imagePullSecrets.map(({ name }) => name),
];

const secretsOfContainer = ({ env = [], envFrom = [] }: ContainerJson): string[] => [
  ...env.flatMap(({ valueFrom }) => {
    const reference = valueFrom?.secretKeyRef;
    return reference ? [`${reference.name}[${reference.key}]`] : [];
  }),
  ...envFrom.flatMap(({ secretRef }) => (secretRef ? [secretRef.name] : [])),
];
