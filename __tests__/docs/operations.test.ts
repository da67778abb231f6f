/** What docs/operations.md removes, rotates and restores is exactly what it says. */
import type { Platform } from '../../charts/platform';
import { recoverCredentials, secretManifests } from '../../cli/secrets/credentials';
import { matches } from '../support/cluster';
import { kubectlOf } from '../support/kubectl';
import { blocksOf } from '../support/markdown';
import { filesOf, find, type KubernetesObject } from '../support/platform';
import { commandsOf } from '../support/shell';
import { startingPlatform, startingPlatformWith } from '../support/starting-platform';

const BACKUPS = 'postgresql: {backup: {enabled: true}}';
const blocks = blocksOf('docs/operations.md').filter(({ language }) => language === 'bash');

/** The kubectl commands below a heading. */
const commandsBelow = (heading: string) =>
  blocks
    .filter((block) => block.heading === heading)
    .flatMap(({ text }) => commandsOf(text))
    .filter(([program]) => program === 'kubectl')
    .map(kubectlOf);

const identity = ({ kind, metadata }: KubernetesObject) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
const objectsOf = (platform: Platform) => [...filesOf(platform).values()].flat();

/** The objects of a platform that the commands below a heading delete, by name or with their file or namespace. */
function deletedBelow(heading: string, platform: Platform): string[] {
  const deletions = commandsBelow(heading).filter(({ verb }) => verb === 'delete');
  const files = [...filesOf(platform)].flatMap(([path, objects]) => objects.map((object) => ({ path, object })));
  const deleted = files.filter(({ path, object: { kind, metadata } }) =>
    deletions.some(({ flags, targets }) => {
      const file = flags.get('-f');
      if (file !== undefined) return `dist/minikube/${path}`.startsWith(file);
      return targets.some(
        (target) =>
          (target.kind === kind && target.name === metadata.name && flags.get('-n') === metadata.namespace) ||
          (target.kind === 'Namespace' && target.name === metadata.namespace),
      );
    }),
  );
  return deleted.map(({ object }) => identity(object));
}

describe('what is removed', () => {
  const model = 'environments/minikube/models/xgb-wine-k8s.yaml';
  const all = startingPlatform();
  const withBackups = startingPlatformWith(BACKUPS);
  const withCleanUp = startingPlatformWith('mlflow: {gc: {enabled: true}}');

  test.each<[string, Platform, Platform | undefined, string[]]>([
    ['Remove a model', all, startingPlatform({ [model]: undefined }), []],
    ['Remove the front end', all, startingPlatformWith('frontend: {enabled: false}'), []],
    ['Remove backups', withBackups, all, ['PersistentVolumeClaim postgres/postgresql-backup']],
    ['Remove the clean-up of MLflow', withCleanUp, all, []],
    ['Remove an environment', all, undefined, []],
  ])('%s: the commands delete what vanishes from dist/, and nothing else', (heading, before, after, kept) => {
    const rest = after ? objectsOf(after).map(identity) : [];
    const vanished = objectsOf(before)
      .map(identity)
      .filter((object) => !rest.includes(object) && !kept.includes(object));
    expect(vanished).not.toEqual([]);
    expect(deletedBelow(heading, before).sort()).toEqual(vanished.sort());
  });

  test('an environment goes in the reverse order of its stages', () => {
    const files = commandsBelow('Remove an environment').flatMap(({ flags }) => flags.get('-f') ?? []);
    expect(files).toEqual([...files].sort().reverse());
  });
});

describe('rotation', () => {
  const { secrets } = startingPlatform();
  const values = new Map(
    [...new Set(secrets.flatMap(({ data }) => Object.values(data).flat()))].flatMap((part) =>
      typeof part === 'string' ? [] : [[part.id, `value-of-${part.id}`.slice(0, 40)] as const],
    ),
  );
  const existing = (secretManifests(secrets, [], values) as ExistingManifest[]).map(({ metadata, stringData }) => ({
    ...metadata,
    data: stringData,
  }));
  const rotations = blocks
    .filter(({ heading }) => heading === 'Rotate passwords')
    .map(({ text }) =>
      commandsOf(text)
        .filter(([program, verb]) => program === 'kubectl' && verb === 'delete')
        .map(kubectlOf)
        .flatMap(({ flags, targets }) =>
          targets.flatMap(({ kind, name }) => (kind === 'Secret' ? [`${flags.get('-n')}/${name}`] : [])),
        ),
    );

  test('covers every Secret once', () => {
    expect(rotations.flat().sort()).toEqual(secrets.map(({ namespace, name }) => `${namespace}/${name}`).sort());
  });

  test.each(rotations.map((deleted) => [deleted] as const))(
    'of %j gives none of them its old value again',
    (deleted) => {
      const left = existing.filter(({ namespace, name }) => !deleted.includes(`${namespace}/${name}`));
      const known = recoverCredentials(secrets, left);
      const lost = secrets
        .filter(({ namespace, name }) => deleted.includes(`${namespace}/${name}`))
        .flatMap(({ data }) => Object.values(data).flat())
        .flatMap((part) => (typeof part === 'string' ? [] : [part.id]));
      expect(lost.length).toBeGreaterThan(0);
      expect(lost.filter((id) => known.has(id))).toEqual([]);
    },
  );
});

interface ExistingManifest {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly stringData: Readonly<Record<string, string>>;
}

test('the Job that restores a dump may call PostgreSQL', () => {
  const objects = objectsOf(startingPlatformWith(BACKUPS));
  const { template } = find(objects, 'CronJob', 'postgresql-restore').spec.jobTemplate.spec;
  const { ingress } = find(objects, 'NetworkPolicy', 'postgresql').spec;
  const selectors = ingress
    .flatMap(({ from }: { from: KubernetesObject[] }) => from)
    .map((peer: KubernetesObject) => peer.podSelector.matchLabels);
  expect(selectors.some((selector: Record<string, string>) => matches(selector, template.metadata.labels))).toBe(true);
});

test('the claim that is grown is that of a StatefulSet, and its size is what the settings render', () => {
  const settings = blocksOf('docs/operations.md').find(
    ({ heading, language }) => heading === 'Grow a volume' && language === 'yaml',
  );
  const platform = startingPlatformWith(settings?.text ?? '');
  const [claim] = find(objectsOf(platform), 'StatefulSet', 'postgresql').spec.volumeClaimTemplates;
  const patch = commandsBelow('Grow a volume')
    .find(({ verb }) => verb === 'patch')
    ?.flags.get('--patch');
  expect(JSON.parse(patch ?? '').spec.resources).toEqual(claim.spec.resources);
});
