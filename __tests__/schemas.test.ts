/** Every object is of the type it says it is, with no field that the API server would drop. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toYaml } from '../charts/lib/yaml';
import { SELDON_CRD, seldonCrd } from '../charts/seldon/crd';
import { configurations } from './support/configurations';
import { find, type KubernetesObject, objectsOf, platformConfig } from './support/platform';
import { podSpecFaults, schemaFaults } from './support/schemas';

describe.each(configurations())('%s', (_, config) => {
  const objects = objectsOf(config);

  test.each(objects.map((object): [string, KubernetesObject] => [`${object.kind}/${object.metadata.name}`, object]))(
    '%s fits its type',
    (_, object) => {
      expect(schemaFaults(object)).toEqual([]);
    },
  );

  test('the pod specs inside SeldonDeployments fit PodSpec', () => {
    const specs = objects
      .filter(({ kind }) => kind === 'SeldonDeployment')
      .flatMap(({ spec }) => spec.predictors[0].componentSpecs.map((component: KubernetesObject) => component.spec));
    expect(specs.flatMap(podSpecFaults)).toEqual([]);
  });
});

describe('the check itself', () => {
  const objects = objectsOf(platformConfig());
  const faultsOf = (kind: string, name: string, change: (object: KubernetesObject) => void) => {
    const copy = structuredClone(find(objects, kind, name));
    change(copy);
    return schemaFaults(copy).join('\n');
  };

  test.each<[string, string, string, (object: KubernetesObject) => void, RegExp]>([
    [
      'an unknown field',
      'Deployment',
      'mlflow',
      ({ spec }) => {
        spec.template.spec.replica = 1;
      },
      /replica/,
    ],
    [
      'a wrong type',
      'Service',
      'minio',
      ({ spec }) => {
        spec.ports[0].port = '9000';
      },
      /must be integer/,
    ],
    [
      'a missing field',
      'StatefulSet',
      'postgresql',
      ({ spec }) => {
        delete spec.serviceName;
      },
      /serviceName/,
    ],
    [
      'an unknown field of a graph',
      'SeldonDeployment',
      'mlflow-wine',
      ({ spec }) => {
        spec.predictors[0].graph.uri = 'x';
      },
      /"uri"/,
    ],
    [
      'a number for a label',
      'Namespace',
      'fe',
      ({ metadata }) => {
        Object.assign(metadata.labels ?? {}, { a: 1 });
      },
      /must be string/,
    ],
    [
      'an unknown type',
      'Job',
      'none',
      (object) => {
        Object.assign(object, { apiVersion: 'batch/v9' });
      },
      /no such type/,
    ],
  ])('finds %s', (_, kind, name, change, expected) => {
    const actual = name === 'none' ? (objects.find((object) => object.kind === kind)?.metadata.name ?? '') : name;
    expect(faultsOf(kind, actual, change)).toMatch(expected);
  });

  test('finds an unknown field of a pod spec', () => {
    expect(podSpecFaults({ containers: [{ name: 'a', imagePullPolice: 'Always' }] }).join()).toMatch(/imagePullPolice/);
  });
});

describe('the SeldonDeployment type', () => {
  const crd = seldonCrd();

  test('is in crds/ as the cluster gets it', () => {
    expect(readFileSync(`crds/${SELDON_CRD}.yaml`, 'utf8').split('\n').slice(1).join('\n')).toBe(toYaml([crd]));
  });

  test('serves three versions and stores v1', () => {
    expect(crd.spec.versions.map(({ name, served, storage }) => [name, served, storage])).toEqual([
      ['v1', true, true],
      ['v1alpha2', true, false],
      ['v1alpha3', true, false],
    ]);
  });

  test('is small enough for client-side kubectl apply, which keeps it in an annotation', () => {
    expect(JSON.stringify(crd).length).toBeLessThan(262_144);
  });

  const sdep = (graph: unknown, podSpec: unknown = { containers: [] }) =>
    ({
      apiVersion: 'machinelearning.seldon.io/v1',
      kind: 'SeldonDeployment',
      metadata: { name: 'a' },
      spec: { predictors: [{ name: 'p', graph, componentSpecs: [{ spec: podSpec }] }] },
    }) as KubernetesObject;
  const nested = (depth: number): object => ({
    name: `n${depth}`,
    ...(depth > 0 && { children: [nested(depth - 1)] }),
  });

  test('takes graphs of ten levels below the root', () => {
    expect(schemaFaults(sdep(nested(10)))).toEqual([]);
    expect(schemaFaults(sdep(nested(11))).join()).toMatch(/children/);
  });

  test('keeps pod fields that are newer than itself', () => {
    expect(
      schemaFaults(sdep({ name: 'n' }, { containers: [], hostUsers: false, resourceClaims: [{ name: 'gpu' }] })),
    ).toEqual([]);
  });
});

test('imports/ is what cdk8s makes of crds/', () => {
  const folder = mkdtempSync(join(tmpdir(), 'imports-'));
  try {
    execFileSync('npx', ['--no-install', 'cdk8s', 'import', '--no-check-upgrade', '--output', folder], {
      stdio: 'pipe',
    });
    const read = (root: string) =>
      Object.fromEntries(readdirSync(root).map((name) => [name, readFileSync(join(root, name), 'utf8')]));
    expect(read('imports')).toEqual(read(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
