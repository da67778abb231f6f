/** `ml-platform images`: the list, the mirror and the bill of materials. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { runCli } from '../../support/cli';
import { writeFiles } from '../../support/environments';

const digest = `sha256:${'e'.repeat(64)}`;
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  writeFiles(root, {
    'environments/own/platform.yaml':
      'frontend: {enabled: false}\ntraining: {enabled: true}\nimages: {overrides: {mlflow: {repository: o.test/tracker, digest: "' +
      `${digest}"}}}\n`,
    'environments/own/models/scorer.yaml': 'image: r.test/team/scorer:7\n',
    'environments/own/models/flower.yaml': 'server: SKLEARN_SERVER\nuri: s3://models/flower\nengine: true\n',
  });
});
afterAll(() => rmSync(root, { recursive: true }));

const images = (...args: string[]) => runCli(root, ['images', 'own', ...args]);
const listed = async (): Promise<{ [field: string]: unknown; image: string }[]> =>
  JSON.parse((await images('--output', 'json')).stdout);
const one = async (part: string) => (await listed()).find(({ image }) => image.includes(part));

describe('the list', () => {
  test('has what is known of an image of the catalogue', async () => {
    expect(await one('seldonio/mlserver:1.7.1-sklearn')).toEqual({
      image: 'docker.io/seldonio/mlserver:1.7.1-sklearn',
      name: 'mlserverSklearn',
      purpose: 'SKLEARN_SERVER and detectors, v2 protocol',
      licence: 'Apache-2.0',
      architectures: ['amd64'],
      usedBy: ['ConfigMap seldon-system/seldon-config', 'SeldonDeployment ml-models/flower'],
    });
  });

  test('has an image that only the operator adds to pods, with the models that get it', async () => {
    expect(await one('seldon-core-executor')).toMatchObject({
      usedBy: ['Deployment seldon-system/seldon-controller-manager', 'SeldonDeployment ml-models/flower'],
    });
  });

  test('has an image of a model file, of which nothing else is known', async () => {
    expect(await one('scorer')).toEqual({
      image: 'r.test/team/scorer:7',
      purpose: 'Named by a model file or a patch',
      usedBy: ['SeldonDeployment ml-models/scorer'],
    });
  });

  test('says no licence of an image that an override brings', async () => {
    const found = await one('o.test/tracker');
    expect(found).toMatchObject({ digest });
    expect(found).not.toHaveProperty('licence');
  });

  test('is a table for people', async () => {
    const { stdout } = await images();
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^image +digest +licence +architectures +used by +for$/);
    expect(rows).toHaveLength((await listed()).length);
    expect(stdout).toMatch(/o\.test\/tracker:\S+ +sha256:e{12}… +not known/);
  });
});

describe('the mirror', () => {
  const lines = async (...args: string[]) => (await images(...args)).stdout.trimEnd().split('\n');

  test('is filled by a command for each image', async () => {
    expect(await lines('--mirror', 'm.test/hub')).toContain(
      'crane copy docker.io/pgsty/silo:RELEASE.2026-09-16T00-00-00Z m.test/hub/pgsty/silo:RELEASE.2026-09-16T00-00-00Z',
    );
  });

  test('gets all architectures and the same digests by skopeo', async () => {
    expect(await lines('--mirror', 'm.test', '--tool', 'skopeo')).toContain(
      'skopeo copy --all --preserve-digests docker://docker.io/library/postgres:18.6-trixie docker://m.test/library/postgres:18.6-trixie',
    );
  });

  test('says of the others why they are not copied', async () => {
    const comments = (await lines('--mirror', 'm.test')).filter((line) => line.startsWith('#'));
    expect(comments).toEqual([
      '# ml-training:0.1.0: is built by you; push it to m.test/ml-training:0.1.0',
      '# o.test/tracker:v3.17.0-full: is pulled from where it is',
      '# r.test/team/scorer:7: a model file or a patch names it, which no mirror changes',
    ]);
  });

  test('is that of platform.yaml, one for each registry, where none is named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ml-platform-'));
    writeFiles(folder, {
      'environments/own/platform.yaml':
        'frontend: {enabled: false}\nimages: {registries: {docker.io: hub.test, ghcr.io: gh.test/cache}}\n',
      'environments/own/images.lock.yaml': '',
    });
    rmSync(join(folder, 'environments/own/images.lock.yaml'));
    const { stdout } = await runCli(folder, ['images', 'own', '--mirror']);
    rmSync(folder, { recursive: true });
    expect(stdout).toContain(
      'crane copy ghcr.io/mlflow/mlflow:v3.17.0-full gh.test/cache/mlflow/mlflow:v3.17.0-full\n',
    );
    expect(stdout).toContain(' hub.test/library/postgres:18.6-trixie\n');
    expect(stdout).toContain('# nvcr.io/nvidia/tritonserver:26.06-py3: is pulled from where it is\n');
  });
});

describe('the bill of materials', () => {
  test('is CycloneDX, as its schema says', async () => {
    const { stdout } = await images('--sbom');
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(stdout)).toBeNull();
    expect(await validator.validate(stdout.replace('"container"', '"kontainer"'))).not.toBeNull();
  });

  test('has the digest and the licence of each image, and is the same each time', async () => {
    const { stdout } = await images('--sbom');
    const { components, metadata } = JSON.parse(stdout);
    expect(metadata.component.name).toBe('own');
    expect(components).toContainEqual(
      expect.objectContaining({
        name: 'o.test/tracker',
        hashes: [{ alg: 'SHA-256', content: 'e'.repeat(64) }],
        purl: `pkg:oci/tracker@sha256%3A${'e'.repeat(64)}?repository_url=o.test%2Ftracker&tag=v3.17.0-full`,
      }),
    );
    expect((await images('--sbom')).stdout).toBe(stdout);
  });
});

test.each([
  [['--update'], '--update is for --lock\n'],
  [['--mirror', 'https://m.test'], '--mirror: must be a registry host'],
  [['--lock', '--sbom'], "error: option '--lock' cannot be used with option '--sbom'"],
  [['--output', 'xml'], "error: option '--output <form>' argument 'xml' is invalid."],
])('%j is a wrong command line', async (args, message) => {
  const { status, stderr } = await images(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});
