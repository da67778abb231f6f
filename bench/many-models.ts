/** Environments with many models, for us and for helm. */
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEPT_IN = 'node_modules';

const name = (index: number) => `model-${String(index).padStart(5, '0')}`;
const model = (index: number) => ({
  name: name(index),
  server: index % 2 === 0 ? 'MLFLOW_SERVER' : 'XGBOOST_SERVER',
  uri: `s3://models/team-${index % 7}/${name(index)}/${(index % 5) + 1}`,
  replicas: (index % 3) + 1,
  memory: `${256 + (index % 4) * 64}Mi`,
});

/** The file of a plain model. */
export function modelFile(index: number): string {
  const { server, uri, replicas, memory } = model(index);
  return `server: ${server}\nuri: ${uri}\nreplicas: ${replicas}\nresources:\n  requests:\n    memory: ${memory}\n`;
}

/** A folder to run main.ts in, whose one environment has so many models. In node_modules/ it keeps what it may. */
export function writeProject(folder: string, models: number): void {
  mkdirSync(join(folder, KEPT_IN), { recursive: true });
  const environment = join(folder, 'environments/bench');
  mkdirSync(join(environment, 'models'), { recursive: true });
  writeFileSync(join(environment, 'platform.yaml'), 'frontend:\n  enabled: false\n');
  for (let index = 0; index < models; index++) {
    writeFileSync(join(environment, `models/${name(index)}.yaml`), modelFile(index));
  }
}

/** Has the next run begin with nothing but the environment. */
export function clear(folder: string): void {
  for (const name of ['dist', KEPT_IN]) setAside(join(folder, name));
  mkdirSync(join(folder, KEPT_IN));
}

/**
 * Takes a folder out of the way, and removes nothing: in the minutes after thousands of files are gone, ext4 looks past the
 * inode of each whenever it makes a new file, which took twice as long as the run that was to be measured.
 * Source: recently_deleted() in fs/ext4/ialloc.c, Linux.
 */
export function setAside(folder: string): void {
  if (existsSync(folder)) renameSync(folder, `${folder}-${randomUUID()}`);
}

/** Changes one model of such a folder; another number is another change. */
export function changeModel(folder: string, change: number): void {
  const file = join(folder, `environments/bench/models/${name(0)}.yaml`);
  writeFileSync(file, `server: MLFLOW_SERVER\nuri: s3://models/changed/${change}\n`);
}

/** Keeps what such a folder has rendered as before/, but for one model, which differs. */
export function keepRendered(folder: string): void {
  const kept = join(folder, 'before');
  setAside(kept);
  cpSync(join(folder, 'dist'), kept, { recursive: true });
  const [file = ''] = readdirSync(kept, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith(`${name(1)}.yaml`),
  );
  const text = readFileSync(join(kept, file), 'utf8');
  writeFileSync(join(kept, file), text.replace(/s3:.*/, 's3://models/before'));
}

/** What each kind of model says beyond its place. */
const KINDS = [
  'server: MLFLOW_SERVER',
  'server: XGBOOST_SERVER\nengine: true',
  'server: SKLEARN_SERVER\npredictors: [{name: main, traffic: 90}, {name: canary, traffic: 10, uri: s3://models/next}]',
  'server: SKLEARN_SERVER\nautoscaling: {max: 5, cpu: 80}\ndisruptionBudget: {maxUnavailable: 1}',
  'image: registry.example.com/team/scorer:1.2\ncontainer: {port: 8080, env: {THREADS: "2"}}',
  'server: SKLEARN_SERVER\nprotocol: seldon\nexplainer: {type: AnchorTabular, uri: s3://models/reasons}',
];
const GRAPH = `protocol: seldon
graph:
  name: merge
  type: COMBINER
  image: registry.example.com/team/merge:1.0
  children:
    - {name: a, server: SKLEARN_SERVER, uri: s3://models/a}
    - {name: b, server: XGBOOST_SERVER, uri: s3://models/b}
`;

/** A folder to run main.ts in, whose one environment has so many models of all kinds in turn. */
export function writeMixedProject(folder: string, models: number): void {
  const environment = join(folder, 'environments/bench');
  mkdirSync(join(environment, 'models'), { recursive: true });
  writeFileSync(join(environment, 'platform.yaml'), 'frontend: {enabled: false}\nseldon: {istio: {enabled: true}}\n');
  for (let index = 0; index < models; index++) {
    const { name, uri } = model(index);
    const kind = KINDS[index % (KINDS.length + 1)];
    writeFileSync(join(environment, `models/${name}.yaml`), kind ? `${kind}\nuri: ${uri}\n` : GRAPH);
  }
}

/** A helm chart that renders the same SeldonDeployments from a list of values. */
export function writeHelmChart(folder: string, models: number, rendered: string): void {
  mkdirSync(join(folder, 'templates'), { recursive: true });
  const first = model(0);
  const template = rendered
    .replace(/^#.*\n/, '')
    .replaceAll(first.uri, '{{ .uri }}')
    .replaceAll(first.name, '{{ .name }}')
    .replaceAll(first.server, '{{ .server }}')
    .replace(`memory: ${first.memory}`, 'memory: {{ .memory }}')
    .replace(`replicas: ${first.replicas}`, 'replicas: {{ .replicas }}');
  writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: models\nversion: 0.1.0\n');
  writeFileSync(join(folder, 'templates/models.yaml'), `{{- range .Values.models }}\n---\n${template}{{- end }}\n`);
  const values = Array.from({ length: models }, (_, index) => `  - ${JSON.stringify(model(index))}\n`);
  writeFileSync(join(folder, 'values.yaml'), `models:\n${values.join('')}`);
}
