/** Images: the catalogue, what an environment changes of it, and the mirror in front. */
import { CATALOGUE, type ImageName } from '../../../charts/images/catalogue';
import { type ImagesProps, resolveImages } from '../../../charts/images/resolve';
import { SERVERS } from '../../../charts/models/image';

const names = Object.keys(CATALOGUE) as ImageName[];
const resolve = (props: Partial<ImagesProps> = {}) =>
  resolveImages({ overrides: {}, seldonVersion: '9.8.7', ...props });
const digest = `sha256:${'b'.repeat(64)}`;

describe('every image of the catalogue', () => {
  const entries = Object.entries(CATALOGUE);

  test.each(entries)('%s is pinned to a release', (name) => {
    const { version } = resolve()[name as ImageName];
    expect(version).toMatch(/\d/);
    expect(version).not.toMatch(/latest|main|master|nightly|stable|edge/);
  });

  test.each(entries)('%s comes from where there still is something', (_, { repository }) => {
    expect(repository).not.toMatch(
      /^docker\.io\/(minio|bitnami)\/|bitnamilegacy|^(k8s\.)?gcr\.io\/|spartakus|quay\.io\/minio/,
    );
  });

  test.each(entries)('%s says its registry, or is built here', (name, { repository }) => {
    expect(/^[a-z0-9-]+(\.[a-z0-9-]+)+\//.test(repository) || ['frontend', 'training'].includes(name)).toBe(true);
  });

  test.each(entries)('%s says its licence and what it is for', (_, { licence, purpose }) => {
    expect(licence).toMatch(/^[A-Za-z0-9.-]+$/);
    expect(purpose).not.toBe('');
  });

  test('that a model server needs is in it', () => {
    for (const name of Object.values(SERVERS).flatMap((protocols) => Object.values(protocols))) {
      expect(names).toContain(name);
    }
  });
});

describe('without settings', () => {
  test('an image is that of the catalogue, pulled if it is not there', () => {
    expect(resolve().mlflow).toEqual({
      repository: CATALOGUE.mlflow.repository,
      version: CATALOGUE.mlflow.tag,
      reference: `${CATALOGUE.mlflow.repository}:${CATALOGUE.mlflow.tag}`,
      pullPolicy: 'IfNotPresent',
      label: CATALOGUE.mlflow.tag,
    });
  });

  test('the operator, the executor and the seldon-protocol servers are of the configured release', () => {
    const images = resolve();
    const released = names.filter((name) => images[name].version === '9.8.7');
    expect(released).toEqual([
      'seldonOperator',
      'seldonExecutor',
      'seldonInitializer',
      'seldonExplainer',
      'sklearnServer',
      'xgboostServer',
      'tensorflowProxy',
      'alibiDetect',
      'batchProcessor',
    ]);
  });
});

describe('a mirror', () => {
  const images = resolve({ registry: 'mirror.test:5000/hub', overrides: { mlflow: { tag: 'v9' } } });

  test.each(names)('is in front of %s', (name) => {
    expect(images[name].reference).toMatch(/^mirror\.test:5000\/hub\/[a-z0-9/-]+:[^/:]+$/);
  });

  test('takes the place of the registry and keeps the path', () => {
    expect(images.objectStore.repository).toBe('mirror.test:5000/hub/pgsty/silo');
    expect(images.triton.repository).toBe('mirror.test:5000/hub/nvidia/tritonserver');
  });

  test('goes in front of a name without a registry', () => {
    expect(images.frontend.repository).toBe('mirror.test:5000/hub/ml-streamlit');
  });

  test('is in front of an image of which only the tag is overridden', () => {
    expect(images.mlflow.reference).toBe('mirror.test:5000/hub/mlflow/mlflow:v9');
  });

  test('keeps two images of the catalogue apart', () => {
    expect(new Set(names.map((name) => images[name].reference)).size).toBe(names.length);
  });
});

describe('an override', () => {
  const one = (override: object, registry?: string) =>
    resolve({ registry, overrides: { postgresql: override } }).postgresql;

  test('of the repository is not mirrored: it says where the image is', () => {
    const image = one({ repository: 'own.test/team/pg' }, 'mirror.test');
    expect(image.reference).toBe(`own.test/team/pg:${CATALOGUE.postgresql.tag}`);
  });

  test('of the tag changes nothing else', () => {
    expect(one({ tag: '99.1' }).reference).toBe(`${CATALOGUE.postgresql.repository}:99.1`);
  });

  test('of the digest is pulled by digest, and keeps the tag for readers', () => {
    const image = one({ digest });
    expect(image.version).toBe(`${CATALOGUE.postgresql.tag}@${digest}`);
    expect(image.reference).toBe(`${CATALOGUE.postgresql.repository}:${CATALOGUE.postgresql.tag}@${digest}`);
  });

  test('of the pull policy is kept', () => {
    expect(one({ pullPolicy: 'Always' }).pullPolicy).toBe('Always');
  });

  test('of a tag is before the configured release of Seldon Core', () => {
    expect(resolve({ overrides: { seldonOperator: { tag: '1.0.0' } } }).seldonOperator.version).toBe('1.0.0');
  });

  test('of one image leaves the others alone', () => {
    const { postgresql: _, ...others } = resolve({ overrides: { postgresql: { tag: '99.1', digest } } });
    const { postgresql: __, ...before } = resolve();
    expect(others).toEqual(before);
  });
});

describe('the label of a version', () => {
  test.each([
    ['18.6-trixie', '18.6-trixie'],
    ['_dev_', 'dev'],
    ['x'.repeat(100), 'x'.repeat(63)],
    [`${'x'.repeat(62)}.y`, 'x'.repeat(62)],
  ])('of tag %s is a label value: %s', (tag, label) => {
    expect(resolve({ overrides: { mlflow: { tag, digest } } }).mlflow.label).toBe(label);
  });
});
