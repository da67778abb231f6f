/** Which objects belong to an environment. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kubectl } from '../../../cli/cluster/kubectl';
import { Membership } from '../../../cli/cluster/membership';
import { readRendered } from '../../../cli/cluster/rendered';
import { type FakeAnswer, FakeKubectl } from '../../support/fake-kubectl';
import { CONFIG, has, NAMESPACE, renderSmall } from '../../support/rendered';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  renderSmall(root);
});
afterEach(() => rmSync(root, { recursive: true }));

async function membership(...answers: readonly FakeAnswer[]) {
  const fake = new FakeKubectl(join(root, 'bin'), answers);
  const kubectl = new Kubectl(fake.env, {}, new AbortController().signal);
  return { fake, found: await Membership.read(kubectl, readRendered('corner', join(root, 'dist'))) };
}

/** What an environment lists. */
const listOf = (environment: string, data: Readonly<Record<string, string>>) => ({
  kind: 'ConfigMap',
  metadata: { name: 'ml-platform-inventory', labels: { 'app.kubernetes.io/instance': environment } },
  data,
});
const listed = (...lists: object[]): FakeAnswer => ({
  to: ['get', 'configmaps', '--all-namespaces'],
  stdout: has(...lists),
});
const there = (...objects: object[]): FakeAnswer => ({ to: ['get', '--filename=-'], stdout: has(...objects) });
const named = (name: string) => ({ ...CONFIG, metadata: { ...CONFIG.metadata, name } });

test('what is applied is listed by type, in the first namespace', async () => {
  const { found, fake } = await membership();
  await found.add();
  expect(fake.inputs).toEqual([
    expect.objectContaining({
      metadata: expect.objectContaining({ name: 'ml-platform-inventory', namespace: 'shop' }),
      data: { 'v1.ConfigMap': 'shop/words\n', 'v1.Namespace': '/shop\n' },
    }),
  ]);
});

describe('what was applied before and left dist/', () => {
  const listedBefore = () => membership(listed(listOf('corner', { 'apps.v1.Deployment': 'shop/a\nshop/b\n' })));

  test('stays listed while a deployment is under way', async () => {
    const { found, fake } = await listedBefore();
    await found.add();
    expect(fake.inputs[0]?.data).toMatchObject({
      'apps.v1.Deployment': 'shop/a\nshop/b\n',
      'v1.ConfigMap': 'shop/words\n',
    });
  });

  test('stays listed at its end where it is still there', async () => {
    const { found, fake } = await listedBefore();
    await found.replace([{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'b', namespace: 'shop' } }]);
    expect(fake.inputs[0]?.data).toMatchObject({ 'apps.v1.Deployment': 'shop/b\n', 'v1.ConfigMap': 'shop/words\n' });
  });
});

describe('left over is', () => {
  const namesOf = async (...answers: readonly FakeAnswer[]) =>
    (await (await membership(...answers)).found.leftOver()).map(({ metadata }) => metadata.name);

  test('what is listed, is there, and is no longer rendered', async () => {
    const list = listOf('corner', { 'v1.ConfigMap': 'shop/old\nshop/words\n', 'x.io.v1.Thing': 'shop/lost\n' });
    const { found, fake } = await membership(listed(list), there(named('old')));
    expect((await found.leftOver()).map(({ metadata }) => metadata.name)).toEqual(['old']);
    expect(fake.inputs[0]?.items).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'old', namespace: 'shop' } },
      { apiVersion: 'x.io/v1', kind: 'Thing', metadata: { name: 'lost', namespace: 'shop' } },
    ]);
  });

  test('what was applied by hand, and has the labels of what is rendered', async () => {
    const labelled = {
      to: ['get', 'configmaps,things.x.io', '--namespace', 'shop'],
      stdout: has(named('by-hand'), CONFIG),
    };
    const answers = [
      { to: ['api-resources'], code: 1, stdout: 'configmaps\nsecrets\nthings.x.io\n', stderr: 'metrics are down' },
      { to: ['get', 'namespaces'], stdout: has(NAMESPACE) },
      labelled,
    ];
    expect(await namesOf(...answers)).toEqual(['by-hand']);
  });

  test('nothing that another environment lists', async () => {
    const own = listOf('corner', { 'v1.ConfigMap': 'shop/old\nshop/shared\n' });
    const other = listOf('square', { 'v1.ConfigMap': 'shop/shared\n' });
    expect(await namesOf(listed(own, other), there(named('old'), named('shared')))).toEqual(['old']);
  });
});
