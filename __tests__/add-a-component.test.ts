/** The list in CONTRIBUTING.md, followed to the letter in a copy of the project: nothing more is to be done. */
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { MODEL, writeFiles } from './support/environments';
import { readFolder } from './support/folders';
import { carryOut, stepsOf } from './support/instructions';
import { find, type KubernetesObject } from './support/platform';
import { copyProject, type Project } from './support/project';
import { schemaFaults } from './support/schemas';

let project: Project;

beforeAll(() => {
  project = copyProject();
  for (const name of ['docs', ...readdirSync('.').filter((file) => file.endsWith('.md'))]) {
    if (existsSync(name)) cpSync(name, project.path(name), { recursive: true });
  }
  writeFiles(project.root, {
    'environments/test/platform.yaml': 'greeter: {enabled: true}\n',
    'environments/test/models/mlflow-wine.yaml': MODEL,
  });
  const steps = stepsOf(readFileSync('CONTRIBUTING.md', 'utf8'), '## Add a component');
  expect(steps.length).toBeGreaterThan(5);
  for (const step of steps) carryOut(step, project.path);
});
afterAll(() => project.remove());

/** Runs an npm script of the project, which has to succeed. */
function npm(...script: string[]): string {
  const { status, stdout, stderr } = project.run(['npm', 'run', '--silent', ...script]);
  expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  return stdout;
}

test('TypeScript finds nothing wrong', () => {
  npm('typecheck');
});

describe('synth renders', () => {
  let objects: KubernetesObject[];
  beforeAll(() => {
    npm('synth');
    objects = Object.entries(readFolder(project.path('dist/test')))
      .filter(([path]) => path.endsWith('.yaml'))
      .flatMap(([, text]) => parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject))
      .filter(({ kind }) => kind !== 'Kustomization');
  });

  test('its objects, with the image of the catalogue', () => {
    const { spec, metadata } = find(objects, 'Deployment', 'greeter');
    expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/name': 'greeter', 'app.kubernetes.io/version': '1.0' });
    expect(spec.template.spec.containers[0].image).toBe('registry.example.com/team/greeter:1.0');
    expect(objects.flatMap(schemaFaults)).toEqual([]);
  });

  test('its file in the kustomization', () => {
    const { resources } = parse(readFileSync(project.path('dist/test/kustomization.yaml'), 'utf8'));
    expect(resources).toContain('60-apps/greeter.yaml');
  });

  test('its connections at both ends', () => {
    const greeter = find(objects, 'NetworkPolicy', 'greeter').spec;
    const [{ to, ports }] = greeter.egress;
    const called = find(objects, 'NetworkPolicy', 'mlflow').spec;
    expect(to[0].podSelector).toEqual(called.podSelector);
    const ingress = called.ingress.find((rule: KubernetesObject['spec']) =>
      rule.from.some((peer: KubernetesObject['spec']) => JSON.stringify(peer).includes('"greeter"')),
    );
    expect(ingress.ports).toEqual(ports);
  });
});

test('its Secret is one of those to make', () => {
  const listed = npm('secrets', '--', 'test', '--list');
  expect(listed).toMatch(/\/greeter: What the greeter says\n {2}word\n/);
  expect(listed).toContain('GREETER_WORD: the greeter');
});

test('its settings and its image are in the tables and in the JSON Schema', () => {
  npm('docs');
  const written = Object.entries({
    ...readFolder(project.path('docs')),
    README: readFileSync(project.path('README.md'), 'utf8'),
  })
    .map(([, text]) => text)
    .join('\n');
  expect(written).toMatch(/\| `greeter\.enabled` \| .* \| `false` \| Deploys the greeter/);
  expect(written).toContain('| `greeter` | `registry.example.com/team/greeter:1.0` | Apache-2.0 |  | Greets |');
  const schema = readFileSync(project.path('environments/platform.schema.json'), 'utf8');
  expect(JSON.parse(schema).properties.greeter.properties).toHaveProperty('enabled');
});
