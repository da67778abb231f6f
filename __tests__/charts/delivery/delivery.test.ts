/** From an environment to what Argo CD and Flux deploy it by. */
import { composePlatform } from '../../../charts/platform';
import { filesOf, type KubernetesObject, platformConfig } from '../../support/platform';
import { schemaFaults } from '../../support/schemas';

const ARGO_CD = {
  repository: 'ssh://git@git.test/team/platform.git',
  revision: 'release',
  path: 'deep/dist/here',
  namespace: 'argo-x',
  project: 'ml',
  server: 'https://cluster.test',
};
const FLUX = {
  source: { url: 'https://git.test/team/platform.git', name: 'src', reference: 'release', secret: 'login' },
  namespace: 'flux-x',
  path: 'deep/dist/here',
};

const deliveryOf = (delivery: object, settings: object = {}, models?: readonly unknown[]) =>
  new Map(
    composePlatform(platformConfig({ delivery, ...settings }, models, 'here')).delivery.map(({ name, objects }) => [
      name,
      JSON.parse(JSON.stringify(objects)) as KubernetesObject[],
    ]),
  );

/** The one object of a kind in a file. */
function only(files: ReadonlyMap<string, KubernetesObject[]>, name: string, kind: string): KubernetesObject {
  const [found, ...others] = (files.get(name) ?? []).filter((object) => object.kind === kind);
  if (!found || others.length > 0) throw new Error(`${name} has not one ${kind}`);
  return found;
}

test('nothing is rendered for tools that the environment does not name', () => {
  expect([...deliveryOf({}).keys()]).toEqual([]);
});

test.each([
  ['argo-cd', { argoCd: ARGO_CD }],
  ['flux', { flux: FLUX }],
  ['an OCI artifact', { flux: { source: { kind: 'OCIRepository', url: 'oci://registry.test/platform' } } }],
])('all of it is of types that the cluster knows: %s', (_, delivery) => {
  const objects = [...deliveryOf(delivery).values()].flat();
  expect(objects.length).toBeGreaterThan(5);
  expect(objects.flatMap(schemaFaults)).toEqual([]);
});

test.each([
  ['argo-cd', { argoCd: ARGO_CD }],
  ['flux', { flux: FLUX }],
])('%s has a part for each stage with files, in the order of stages, and for no other', (tool, delivery) => {
  const platform = composePlatform(platformConfig({ frontend: { enabled: false } }, [], 'here'));
  const used = [...new Set([...filesOf(platform).keys()].map((path) => path.split('/')[0]))].sort();
  const parts = [...deliveryOf(delivery, { frontend: { enabled: false } }, []).keys()];
  expect(used).not.toContain('50-models');
  expect(parts).toEqual([tool, ...used.map((stage) => `${tool}/${stage}`)]);
});

describe('Argo CD', () => {
  const files = deliveryOf({ argoCd: ARGO_CD });
  const stage = (name: string) => only(files, `argo-cd/${name}`, 'Application');

  test('one Application deploys those of the stages, from where the settings say', () => {
    const { metadata, spec } = only(files, 'argo-cd', 'Application');
    expect(metadata).toMatchObject({ name: 'here-ml-platform', namespace: 'argo-x' });
    expect(spec.source).toMatchObject({
      repoURL: ARGO_CD.repository,
      targetRevision: 'release',
      path: 'deep/dist/here/delivery/argo-cd',
    });
    // The Applications live beside Argo CD, wherever the platform is.
    expect(spec.destination).toEqual({ server: 'https://kubernetes.default.svc', namespace: 'argo-x' });
  });

  test('the Application of a stage deploys its folder, and those below, to the cluster', () => {
    const { spec } = stage('50-models');
    expect(spec).toMatchObject({
      project: 'ml',
      source: { path: 'deep/dist/here/50-models', directory: { recurse: true } },
      destination: { server: 'https://cluster.test' },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    });
    expect(spec.syncPolicy.syncOptions).toContain('ServerSideApply=true');
  });

  test('waves rise with the stages', () => {
    const waves = [...files.keys()]
      .filter((name) => name.includes('/'))
      .map((name) =>
        Number(stage(name.slice('argo-cd/'.length)).metadata.annotations?.['argocd.argoproj.io/sync-wave']),
      );
    expect(waves).toEqual([...waves].sort((a, b) => a - b));
    expect(new Set(waves).size).toBe(waves.length);
  });

  test('deleting the Application of a stage with data leaves the data; others take what they deployed with them', () => {
    const cascades = (name: string) => (stage(name).metadata as { finalizers?: string[] }).finalizers ?? [];
    for (const name of ['10-setup', '20-operators', '30-data']) expect(cascades(name)).toEqual([]);
    for (const name of ['40-tracking', '50-models', '60-apps'])
      expect(cascades(name)).toEqual(['resources-finalizer.argocd.argoproj.io']);
  });

  test('a stage that fails is tried until it succeeds, with the newest commit', () => {
    const { spec } = only(deliveryOf({ argoCd: ARGO_CD }), 'argo-cd/50-models', 'Application');
    expect(spec?.syncPolicy).toMatchObject({ retry: { limit: -1, refresh: true } });
  });

  test('without automatic, a person starts every sync', () => {
    const manual = deliveryOf({ argoCd: { ...ARGO_CD, automatic: false } });
    expect(only(manual, 'argo-cd/50-models', 'Application').spec.syncPolicy.automated).toBeUndefined();
  });
});

describe('Flux', () => {
  const files = deliveryOf({ flux: FLUX });
  const stage = (name: string) => only(files, `flux/${name}`, 'Kustomization').spec;

  test('reads the branch of the repository with its login', () => {
    const { metadata, spec } = only(files, 'flux', 'GitRepository');
    expect(metadata).toMatchObject({ name: 'src', namespace: 'flux-x' });
    expect(spec).toMatchObject({ url: FLUX.source.url, ref: { branch: 'release' }, secretRef: { name: 'login' } });
  });

  test('makes no source where the settings only name one', () => {
    const named = deliveryOf({ flux: { source: { name: 'there' } } });
    expect(named.get('flux')?.map(({ kind }) => kind)).toEqual(['Kustomization']);
    expect(only(named, 'flux', 'Kustomization').spec).toMatchObject({
      sourceRef: { kind: 'GitRepository', name: 'there' },
      path: './dist/here/delivery/flux',
    });
  });

  test('each stage waits until all of the one before it is healthy', () => {
    const stages = [...files.keys()].filter((name) => name.includes('/')).map((name) => name.slice('flux/'.length));
    stages.forEach((name, index) => {
      const before = stages[index - 1];
      expect(stage(name).dependsOn).toEqual(before === undefined ? undefined : [{ name: `here-${before}` }]);
      expect(stage(name)).toMatchObject({ wait: true, prune: true, path: `./deep/dist/here/${name}` });
    });
  });

  test('deleting the Kustomization of a stage with data leaves the data', () => {
    for (const name of ['10-setup', '20-operators', '30-data']) expect(stage(name).deletionPolicy).toBe('Orphan');
    expect(stage('50-models').deletionPolicy).toBeUndefined();
  });
});

describe('what must never be deleted by a tool', () => {
  const guarded = (delivery: object) =>
    [...filesOf(composePlatform(platformConfig({ delivery, postgresql: { backup: { enabled: true } } }))).values()]
      .flat()
      .filter(({ metadata }) =>
        Object.keys(metadata.annotations ?? {}).some((key) => /sync-options$|fluxcd\.io\/prune$/.test(key)),
      );
  const kinds = (objects: readonly KubernetesObject[]) => [...new Set(objects.map(({ kind }) => kind))].sort();

  test('is marked for each tool in its own words', () => {
    const [object] = guarded({ argoCd: ARGO_CD, flux: FLUX });
    expect(object?.metadata.annotations).toMatchObject({
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    });
  });

  test('is namespaces, types, volumes and the servers that own them', () => {
    expect(kinds(guarded({ flux: FLUX }))).toEqual([
      'CustomResourceDefinition',
      'Namespace',
      'PersistentVolumeClaim',
      'StatefulSet',
    ]);
  });

  test('carries no mark where nobody but kubectl applies it', () => {
    expect(guarded({})).toEqual([]);
  });
});
