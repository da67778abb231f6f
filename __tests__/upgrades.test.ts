/** That the platform as it is now can be applied over what earlier releases rendered of the starting environment. */
import { readdirSync } from 'node:fs';
import { toYaml } from '../charts/lib/yaml';
import { composePlatform } from '../charts/platform';
import { compareTrees } from '../cli/report/compare';
import { openTree, type Tree } from '../cli/report/trees';
import { startingEnvironment } from './support/environments';
import { filesOf, type KubernetesObject } from './support/platform';

const RELEASED = 'e2e/released';

/** The starting environment as it is rendered now. */
function current(change: (object: KubernetesObject) => KubernetesObject = (object) => object): Tree {
  const texts = new Map(
    [...filesOf(composePlatform(startingEnvironment()))].map(([path, objects]): [string, string] => [
      `minikube/${path}`,
      toYaml(objects.map(change)),
    ]),
  );
  return { files: texts, read: (paths) => paths.map((path) => texts.get(path) ?? ''), lock: () => undefined };
}

const obstacles = (before: Tree, after: Tree) =>
  compareTrees(before, after)
    .flatMap(({ findings }) => findings)
    .filter(({ kind }) => kind === 'refused' || kind === 'data')
    .map(({ title, text }) => `${title}: ${text}`);

const releases = readdirSync(RELEASED, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe.each(releases.map(({ name }) => name))('after release %s', (release) => {
  const before = openTree(`${RELEASED}/${release}`);

  test('nothing is refused, and no data is left behind', () => {
    expect(before.files.size).toBeGreaterThan(10);
    expect(obstacles(before, current())).toEqual([]);
  });

  test.each<[string, string, (object: KubernetesObject) => KubernetesObject]>([
    [
      'another serviceName',
      'StatefulSet minio-system/minio: spec.serviceName cannot be changed',
      (object) => ({ ...object, spec: { ...object.spec, serviceName: 'other' } }),
    ],
    [
      'another name',
      'StatefulSet minio-system/minio: is removed, and the data with it once it is deleted in the cluster',
      (object) => ({ ...object, metadata: { ...object.metadata, name: 'other' } }),
    ],
  ])('%s of a StatefulSet is noticed', (_, message, change) => {
    const changed = current((object) =>
      object.kind === 'StatefulSet' && object.metadata.name === 'minio' ? change(object) : object,
    );
    expect(obstacles(before, changed)).toEqual([message]);
  });
});
