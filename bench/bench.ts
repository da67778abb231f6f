/** npm run bench: time and memory of a synthesis, beside other ways to the same YAML. Writes bench/RESULTS.md. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as jsYaml from 'js-yaml';
import * as yaml from 'yaml';
import { toYaml } from '../charts/lib/yaml';
import { findHelm } from './helm';
import { writeHelmChart, writeMixedProject, writeProject } from './many-models';
import { type Command, inTurns, microseconds, type Sample } from './measure';

const ROUNDS = 7;
const SIZES = [0, 100, 1_000, 10_000];
const node = process.execPath;
const runner = resolve('cli/run.mjs');
const main = resolve('main.ts');
// In memory where the system has such a folder: the disk of a shared machine is the noisiest part of it.
const scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'ml-platform-bench-'));

async function bench(): Promise<string> {
  const helm = findHelm('bench/.cache');
  const sections = [
    `# Measured by \`npm run bench\`\n\n${machine()}; medians of ${ROUNDS} runs, taken in turns.\n`,
    await minikube(),
    await models(helm),
    await mixedModels(),
    writers(),
  ];
  return sections.join('\n');
}

async function minikube(): Promise<string> {
  const libraries = resolve('node_modules/.cache/ml-platform/libraries.cjs');
  const commands: Command[] = [
    { name: 'node -e 0', command: node, args: ['-e', '0'] },
    {
      name: 'node, loading the libraries',
      command: node,
      args: ['-e', `Object.values(require(${JSON.stringify(libraries)}))`],
    },
    { name: 'npm run synth (node cli/run.mjs main.ts)', command: node, args: [runner, main] },
    { name: 'npx cdk8s synth', command: 'npx', args: ['--no-install', 'cdk8s', 'synth', '--no-check-upgrade'] },
    ...optional('kubectl kustomize dist/minikube', 'kubectl', ['kustomize', 'dist/minikube']),
  ];
  const results = await inTurns(commands, ROUNDS);
  const kustomize = results.get('kubectl kustomize dist/minikube')?.seconds;
  return table(
    'From TypeScript to YAML: the minikube environment, whole processes',
    ['command', 'ms', 'of kustomize', 'peak MiB'],
    [...results].map(([name, { seconds, mebibytes }]) => [
      `\`${name}\``,
      (seconds * 1000).toFixed(0),
      kustomize ? (seconds / kustomize).toFixed(2) : '',
      mebibytes.toFixed(0),
    ]),
  );
}

/** A file of dist/, in a folder of its own where there are many. */
function renderedModel(folder: string, name: string): string {
  const [path = ''] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(name));
  return readFileSync(join(folder, path), 'utf8');
}

/** Environments whose models are of every kind. */
async function mixedModels(): Promise<string> {
  const rows: string[][] = [];
  for (const size of [1_000, 10_000]) {
    const project = join(scratch, `mixed-${size}`);
    writeMixedProject(project, size);
    const commands: Command[] = [{ name: 'synth', command: node, args: [runner, main], cwd: project }];
    const sample = (await inTurns(commands, 3)).get('synth');
    rows.push([String(size), sample?.seconds.toFixed(2) ?? '', sample?.mebibytes.toFixed(0) ?? '']);
    rmSync(project, { recursive: true });
  }
  return table(
    'Models of every kind: canaries, graphs, own images, scalers, explainers, engines',
    ['models', 'synth s', 'peak MiB'],
    rows,
  );
}

async function models(helm: string | undefined): Promise<string> {
  const rows: string[][] = [];
  let empty = 0;
  for (const size of SIZES) {
    const project = join(scratch, `project-${size}`);
    writeProject(project, size);
    const commands: Command[] = [{ name: 'synth', command: node, args: [runner, main], cwd: project }];
    spawnSync(node, [runner, main], { cwd: project });
    if (helm && size > 0) {
      const chart = join(scratch, `chart-${size}`);
      writeHelmChart(chart, size, renderedModel(join(project, 'dist/bench/50-models'), 'model-00000.yaml'));
      commands.push({ name: 'helm', command: helm, args: ['template', chart] });
    }
    const results = await inTurns(commands, size > 1_000 ? 3 : ROUNDS);
    if (size === 0) empty = results.get('synth')?.seconds ?? 0;
    rows.push(modelRow(size, empty, results.get('synth'), results.get('helm')));
    rmSync(project, { recursive: true });
  }
  return table(
    'Many models: every file read, checked, rendered and written, beside `helm template` of the same objects',
    ['models', 'synth s', 'ms a model, beyond none', 'peak MiB', 'helm s', 'helm peak MiB', 'synth / helm'],
    rows,
  );
}

function modelRow(size: number, empty: number, ours: Sample | undefined, helm: Sample | undefined): string[] {
  if (!ours) return [];
  return [
    String(size),
    ours.seconds.toFixed(2),
    size === 0 ? '' : (((ours.seconds - empty) * 1000) / size).toFixed(2),
    ours.mebibytes.toFixed(0),
    helm?.seconds.toFixed(2) ?? '',
    helm?.mebibytes.toFixed(0) ?? '',
    helm ? (ours.seconds / helm.seconds).toFixed(2) : '',
  ];
}

/** Why YAML is written by charts/lib/yaml.ts and read by js-yaml. */
function writers(): string {
  const file = readFileSync('dist/minikube/50-models/mlflow-wine.yaml', 'utf8');
  const input = readFileSync('environments/minikube/models/mlflow-wine.yaml', 'utf8');
  const object: unknown = yaml.parse(file);
  const items = 500;
  const repeat = (work: () => void) => () => {
    for (let item = 0; item < items; item++) work();
  };
  const measure = (work: () => void) => microseconds(items, ROUNDS, repeat(work)).toFixed(0);
  return table(
    'One SeldonDeployment, microseconds in a warm process',
    ['', 'charts/lib/yaml.ts', 'js-yaml', 'yaml'],
    [
      [
        'write a manifest',
        measure(() => toYaml([object])),
        measure(() => jsYaml.dump(object)),
        measure(() => yaml.stringify(object, { version: '1.1', lineWidth: 0 })),
      ],
      ['read a model file', '', measure(() => jsYaml.load(input)), measure(() => yaml.parse(input))],
    ],
  );
}

function optional(name: string, command: string, args: string[]): Command[] {
  return spawnSync(command, ['version', '--client']).status === 0 ? [{ name, command, args }] : [];
}

function table(title: string, head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return `## ${title}\n\n${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}`;
}

const machine = () => `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`;

bench()
  .then((results) => {
    writeFileSync('bench/RESULTS.md', results);
    console.log(results);
  })
  .finally(() => rmSync(scratch, { recursive: true, force: true }));
