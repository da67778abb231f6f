/**
 * npm run bench [-- --quick]: time and memory of a synthesis, each against its limit. Writes bench/RESULTS.md.
 *
 * --quick measures a tenth of the models in fewer rounds, and writes nothing.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as jsYaml from 'js-yaml';
import * as yaml from 'yaml';
import { toYaml } from '../charts/lib/yaml';
import { flatYaml } from '../config/flat-yaml';
import {
  changeModel,
  clear,
  keepRendered,
  modelFile,
  setAside,
  writeHelmChart,
  writeMixedProject,
  writeProject,
} from './many-models';
import { type Command, inTurns, medianOf, microseconds, ratio, type Sample } from './measure';
import { findTools, type Tools } from './tools';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 3 : 9;
const ROUNDS_OF_MANY = quick ? 1 : 5;
const MANY = quick ? 1_000 : 10_000;
const STARTING_ENVIRONMENT = 'cli/init/template';

const runner = resolve('cli/run.mjs');
const main = resolve('cli/main.ts');

/** A limit and what was measured. */
interface Goal {
  readonly goal: string;
  readonly limit: number;
  readonly measured: number;
  readonly unit?: 'MiB';
}
type Row = readonly [command: string, samples: readonly Sample[]];

function bench(scratch: string): string {
  const tools = findTools('bench/.cache');
  const small = smallEnvironment(scratch, tools);
  const many = manyModels(scratch, tools);
  return [
    `# Measured by \`npm run bench\`\n\n${machine()}; medians of ${ROUNDS} rounds, of ${ROUNDS_OF_MANY} with ` +
      `${MANY} models, commands taken in turns. Ratios are medians of the ratios within a round.\n`,
    goalsTable([...small.goals, ...many.goals]),
    samplesTable('The starting environment, from TypeScript to YAML', small.rows),
    samplesTable(`${MANY} models`, many.rows),
    libraries(),
  ].join('\n');
}

/** A folder whose one environment is that of a new repository. */
function smallEnvironment(scratch: string, { kubectl }: Tools) {
  const project = join(scratch, 'small');
  execute({ command: 'cp', args: ['-r', resolve(STARTING_ENVIRONMENT), project] });
  execute(synth(project));
  const samples = inTurns(
    {
      node: { command: process.execPath, args: ['-e', '0'] },
      synth: synth(project),
      kustomize: { command: kubectl, args: ['kustomize', join(project, 'dist/minikube')] },
    },
    ROUNDS,
  );
  return {
    goals: [
      {
        goal: 'TypeScript to YAML, of `kubectl kustomize` of the same output',
        limit: 1.5,
        measured: ratio(samples.synth, samples.kustomize, 'seconds'),
      },
      {
        goal: 'the same in user CPU',
        limit: 1.5,
        measured: ratio(samples.synth, samples.kustomize, 'user'),
      },
    ],
    rows: [
      ['`node -e 0`', samples.node],
      ['`npm run synth`, without npm', samples.synth],
      ['`kubectl kustomize dist/minikube`', samples.kustomize],
    ] satisfies Row[],
  };
}

/** On the disk: files by the thousand are what such a run consists of. */
function manyModels(scratch: string, { helm }: Tools) {
  const folder = (name: string) => join(scratch, name);
  const [plain, edited, mixed] = [folder('plain'), folder('edited'), folder('mixed')];
  const [chart, copies, rendered] = [folder('chart'), folder('copies'), folder('rendered')];
  for (const project of [plain, edited]) writeProject(project, MANY);
  writeMixedProject(mixed, MANY);
  for (const project of [plain, edited, mixed]) execute(synth(project));
  // Nothing is noted of a file that is new: the run after the first one notes it.
  execute({ ...synth(edited), prepare: () => execute({ command: 'sleep', args: ['3'] }) });
  writeHelmChart(chart, MANY, renderedModel(join(plain, 'dist/bench/50-models'), 'model-00000.yaml'));
  let changes = 0;
  const copied = [join(plain, 'environments'), join(plain, 'dist')];
  const emptyCopies = () => {
    setAside(copies);
    mkdirSync(copies);
  };
  const samples = inTurns(
    {
      full: { ...synth(plain), prepare: () => clear(plain) },
      changed: { ...synth(edited), prepare: () => changeModel(edited, ++changes) },
      report: { ...program(plain, 'report', 'before', 'dist'), prepare: () => keepRendered(plain) },
      mixed: { ...synth(mixed), prepare: () => clear(mixed) },
      helm: {
        command: helm,
        args: ['template', chart, '--output-dir', rendered],
        prepare: () => setAside(rendered),
      },
      copy: { command: 'cp', args: ['-r', ...copied, copies], prepare: emptyCopies },
      nodeCopy: {
        command: process.execPath,
        args: [resolve('bench/copy.mjs'), copies, ...copied],
        prepare: emptyCopies,
      },
    },
    ROUNDS_OF_MANY,
  );
  const { full, changed, copy } = samples;
  return {
    goals: [
      {
        goal: `${MANY} plain models, of \`helm template --output-dir\``,
        limit: 0.8,
        measured: ratio(full, samples.helm, 'seconds'),
      },
      { goal: 'the same, of `cp -r` of its input and output', limit: 1, measured: ratio(full, copy, 'seconds') },
      { goal: 'their user CPU, of helm’s', limit: 0.5, measured: ratio(full, samples.helm, 'user') },
      { goal: 'their peak memory', limit: 160, measured: medianOf(full, 'mebibytes'), unit: 'MiB' },
      { goal: 'models of every kind, of plain ones', limit: 2, measured: ratio(samples.mixed, full, 'seconds') },
      { goal: 'their peak memory', limit: 320, measured: medianOf(samples.mixed, 'mebibytes'), unit: 'MiB' },
      { goal: 'seconds of a report on one model changed', limit: 2, measured: medianOf(samples.report, 'seconds') },
      { goal: 'one model changed, of the full run', limit: 0.25, measured: ratio(changed, full, 'seconds') },
    ] satisfies Goal[],
    rows: [
      ['synth, no `dist/` yet, nothing kept', full],
      ['synth, one model changed', changed],
      ['report, one model changed', samples.report],
      ['synth, models of every kind', samples.mixed],
      ['`helm template --output-dir`', samples.helm],
      ['`cp -r` of input and output', copy],
      ['the same copies by Node.js', samples.nodeCopy],
    ] satisfies Row[],
  };
}

const program = (cwd: string, ...args: string[]): Command => ({
  command: process.execPath,
  args: [runner, main, ...args],
  cwd,
});
const synth = (cwd: string) => program(cwd, 'synth');

function execute(command: Command): void {
  inTurns({ command }, 1);
}

/** A file of dist/, in a folder of its own where there are many. */
function renderedModel(folder: string, name: string): string {
  const [path = ''] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(name));
  return readFileSync(join(folder, path), 'utf8');
}

/** Why YAML is written by charts/lib/yaml.ts, and read by config/flat-yaml.ts or else by js-yaml. */
function libraries(): string {
  const file = readFileSync('dist/minikube/50-models/mlflow-wine.yaml', 'utf8');
  const input = modelFile(0);
  const object: unknown = yaml.parse(file);
  const items = 500;
  const measure = (work: () => void) =>
    microseconds(items, ROUNDS, () => {
      for (let item = 0; item < items; item++) work();
    }).toFixed(0);
  return table(
    'One SeldonDeployment, microseconds in a warm process',
    ['', 'this project', 'js-yaml', 'yaml'],
    [
      [
        'write a manifest',
        measure(() => toYaml([object])),
        measure(() => jsYaml.dump(object)),
        measure(() => yaml.stringify(object, { version: '1.1', lineWidth: 0 })),
      ],
      [
        'read a plain model file',
        measure(() => flatYaml(input)),
        measure(() => jsYaml.load(input)),
        measure(() => yaml.parse(input)),
      ],
    ],
  );
}

function goalsTable(goals: readonly Goal[]): string {
  return table(
    'Goals',
    ['goal', 'limit', 'measured', 'met'],
    goals.map(({ goal, limit, measured, unit }) => {
      const say = (value: number) => (unit ? `${value.toFixed(0)} ${unit}` : value.toFixed(2));
      return [goal, say(limit), say(measured), measured <= limit ? 'yes' : '**no**'];
    }),
  );
}

function samplesTable(title: string, rows: readonly Row[]): string {
  return table(
    title,
    ['command', 'seconds', 'user CPU seconds', 'peak MiB'],
    rows.map(([command, samples]) => [
      command,
      medianOf(samples, 'seconds').toFixed(2),
      medianOf(samples, 'user').toFixed(2),
      medianOf(samples, 'mebibytes').toFixed(0),
    ]),
  );
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return `## ${title}\n\n${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}`;
}

const machine = () => `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`;

const scratch = mkdtempSync(join(tmpdir(), 'ml-platform-bench-'));
try {
  const results = bench(scratch);
  if (!quick) writeFileSync('bench/RESULTS.md', results);
  console.log(results);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
