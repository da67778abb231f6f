/** Digests of images.lock.yaml: rendered where it has them, and what is said where it lacks some. */
import { digestFaults, unusedEntries } from '../../../charts/images/digests';
import { composePlatform, objectsOf } from '../../../charts/platform';
import { environmentsIn, MODEL, problemsIn } from '../../support/environments';

const digest = `sha256:${'c'.repeat(64)}`;
const other = `sha256:${'d'.repeat(64)}`;
const lockOf = (...images: string[]) =>
  `images:\n${images.map((image) => `  ${JSON.stringify(image)}: {digest: ${JSON.stringify(digest)}}\n`).join('')}`;

const rendered = (lock: string, settings = '') => {
  const [config] = environmentsIn({
    'own/platform.yaml': `frontend: {enabled: false}\n${settings}`,
    'own/models/scorer.yaml': 'image: r.test/team/scorer:7\n',
    'own/images.lock.yaml': lock,
  });
  return config ? JSON.stringify([...objectsOf(composePlatform(config))]) : '';
};

describe('the digest of a lock', () => {
  test.each([
    ['an image of the catalogue', 'ghcr.io/mlflow/mlflow:v3.17.0-full', ''],
    ['an image that the operator starts', 'docker.io/seldonio/seldon-core-executor:1.17.1', ''],
    ['an image that a model file names', 'r.test/team/scorer:7', ''],
    ['an image of a mirror', 'm.test/mlflow/mlflow:v3.17.0-full', 'images: {registry: m.test}\n'],
    [
      'an image that a patch names',
      'r.test/patched:1',
      'patches: [{target: {kind: Deployment, name: mlflow}, merge: {spec: {template: {spec: {containers: [{name: mlflow, image: "r.test/patched:1"}]}}}}}]\n',
    ],
  ])('is that of %s', (_, image, settings) => {
    const text = rendered(lockOf(image), settings);
    expect(text).toContain(`${image}@${digest}"`);
    expect(text).not.toContain(`${image}"`);
  });

  test('is in seldon-config', () => {
    expect(rendered(lockOf('docker.io/seldonio/mlserver:1.7.1-sklearn'))).toContain(`1.7.1-sklearn@${digest}`);
  });

  test('gives a Job another name, since its template is immutable', () => {
    const image = 'docker.io/pgsty/silo:RELEASE.2026-09-16T00-00-00Z';
    const jobOf = (text: string) => /minio-setup-[0-9a-f]{8}/.exec(text)?.[0];
    expect(jobOf(rendered(lockOf(image)))).not.toBe(jobOf(rendered('')));
  });

  test('gives way to one in platform.yaml', () => {
    const image = 'ghcr.io/mlflow/mlflow:v3.17.0-full';
    const text = rendered(lockOf(image), `images: {overrides: {mlflow: {digest: "${other}"}}}\n`);
    expect(text).toContain(`${image}@${other}"`);
  });
});

test('a mirror of one registry is for that alone, and wins over the mirror of all', () => {
  const text = rendered('', 'images: {registry: all.test, registries: {ghcr.io: cache.test:5000/gh}}\n');
  expect(text).toContain('"cache.test:5000/gh/mlflow/mlflow:v3.17.0-full"');
  expect(text).toContain('"all.test/library/postgres:18.6-trixie"');
});

describe('of images without a digest', () => {
  const lock = { 'r.test/a:1': { digest } };
  const faults = (used: string[], required = false) => digestFaults('environments/own', lock, required, used);
  const withoutLock = (used: string[], required: boolean) =>
    digestFaults('environments/own', undefined, required, used);

  test.each<[string, string[], string]>([
    ['is not in the lock', ['r.test/b:1'], 'is not in the lock'],
    ['has another tag than the lock', ['r.test/a:2'], 'is not in the lock, which has 1 in place of 2'],
  ])('one that %s is refused', (_, used, words) => {
    expect(faults(used)).toEqual([
      `environments/own/images.lock.yaml: images."${used[0]}": ${words}; run "npx ml-platform images own --lock"`,
    ]);
  });

  test('all are accepted where there is no lock', () => {
    expect(withoutLock(['r.test/b:1', 'built-here:1'], false)).toEqual([]);
  });

  test('one that was built locally has no place in a lock', () => {
    expect(faults(['built-here:1'])).toEqual([]);
  });

  test.each([
    ['r.test/b:1', 'run "npx ml-platform images own --lock"'],
    [
      'built-here:1',
      'push it to a registry, name that in images.overrides or images.registry, and run "npx ml-platform images own --lock"',
    ],
  ])('%s is refused where digests are required', (image, way) => {
    expect(withoutLock([image], true)).toEqual([
      `environments/own/platform.yaml: images.requireDigests: is true, but ${image} has no digest; ${way}`,
    ]);
  });

  test('none is refused that has one', () => {
    expect(faults([`r.test/a:1@${digest}`], true)).toEqual([]);
  });
});

test('entries of a lock that no image has are known', () => {
  expect(unusedEntries({ 'r.test/a:1': { digest }, 'r.test/old:1': { digest } }, [`r.test/a:1@${digest}`])).toEqual([
    'r.test/old:1',
  ]);
});

test.each([
  ['images: {"r.test/a:1": {digest: abc}}', 'images."r.test/a:1".digest: must be an image digest, not "abc"'],
  ['images: {"r.test/a": {}}', 'images.r.test/a: must be an image with a tag other than "latest", or a digest'],
  ['image: {}', 'image: unknown field; did you mean "images"?'],
  [
    `images: {"r.test/a:1@${digest}": {digest: "${digest}"}}`,
    'has a digest in its name; run "npx ml-platform images test --lock"',
  ],
])('a lock is refused that says %s', (lock, message) => {
  const problems = problemsIn({
    'test/platform.yaml': '',
    'test/models/mlflow-wine.yaml': MODEL,
    'test/images.lock.yaml': lock,
  });
  expect(problems[0]).toMatch(/^environments\/test\/images\.lock\.yaml: /);
  expect(problems.join('\n')).toContain(message);
});
