/** npm run e2e:rules: tests the rules that are rendered by promtool. `--help` says more. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadAll } from 'js-yaml';
import { toYaml } from '../../charts/lib/yaml';
import { buildAlertmanager, buildDashboardReader, buildPrometheus } from '../cluster/build/monitoring';
import { Checks } from '../cluster/checks';
import { requireCommands, runProgram } from '../cluster/program';
import { Manifests } from '../loop/manifests';
import { EMBEDDED, stackFiles } from '../stack/files';
import { CASES, type Case, type Example } from './cases';

const EXAMPLES = 'examples/dist';

interface Rule {
  readonly alert?: string;
}
interface ConfigMap {
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}
interface Group {
  readonly name: string;
  readonly rules: readonly Rule[];
}

const program = new Command('npm run e2e:rules')
  .description(
    `Tests the rules of ${EXAMPLES}: promtool reads them, and every alert fires when it must and not otherwise. ` +
      `promtool and amtool read the files of ${EMBEDDED.folder}. Dashboards are held to Grafana's schema.`,
  )
  .addHelpText('after', '\nNeeds Go, and no root; promtool is built once, into .cache/e2e.');

async function main(): Promise<number> {
  requireCommands({ go: 'Go 1.26 or later' });
  const project = process.cwd();
  const promtool = join(await buildPrometheus(project), 'promtool');
  const amtool = join(await buildAlertmanager(project), 'amtool');
  const reader = await buildDashboardReader(project);
  mkdirSync(join(project, '.cache/e2e'), { recursive: true });
  const work = mkdtempSync(join(project, '.cache/e2e/rules-'));
  try {
    const checks = new Checks();
    const files = stackFiles(project, join(work, 'stack'));
    await checks.check('promtool reads the configuration of the embedded Prometheus', () =>
      run(promtool, ['check', 'config', '--lint=all', '--lint-fatal', files.prometheus]),
    );
    await checks.check('amtool reads the configuration of the embedded Alertmanager', () =>
      run(amtool, ['check-config', files.alertmanager]),
    );
    await checks.check("every dashboard is as Grafana's schema says", () => {
      const dashboards = dashboardsIn(project, join(work, 'dashboards'));
      run(reader, dashboards);
      return `${dashboards.length} dashboards`;
    });
    const groups = { everything: groupsIn(project, 'everything'), replicated: groupsIn(project, 'replicated') };
    return await judge(checks, work, promtool, groups);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Writes the dashboards of all examples, each of which has a name of its own. */
function dashboardsIn(project: string, folder: string): string[] {
  mkdirSync(folder);
  const texts = readdirSync(join(project, EXAMPLES))
    .flatMap((name) => new Manifests(join(project, EXAMPLES, name), '').all<ConfigMap>('ConfigMap'))
    .filter(({ metadata }) => metadata.name.startsWith('dashboard-'))
    .flatMap(({ data = {} }) => Object.entries(data));
  return texts.map(([name, text]) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  });
}

/** @returns the exit code */
async function judge(
  checks: Checks,
  work: string,
  promtool: string,
  examples: Readonly<Record<Example, readonly Group[]>>,
): Promise<number> {
  for (const [name, groups] of Object.entries(examples)) {
    const rules = join(work, `${name}.yaml`);
    writeFileSync(rules, toYaml([{ groups }]));
    await checks.check(`promtool reads the rules of ${name}`, () => run(promtool, ['check', 'rules', rules]));
  }
  await checks.check('every alert is tested', () => {
    const tested = new Set(CASES.map(({ alert }) => alert));
    const all = Object.values(examples).flat();
    const known = new Set(all.flatMap((group) => group.rules.flatMap(({ alert }) => alert ?? [])));
    const untested = [...known].filter((alert) => !tested.has(alert));
    if (untested.length > 0) throw new Error(`not tested: ${untested.join(', ')}`);
    return `${known.size} alerts, ${CASES.length} cases`;
  });
  for (const [index, each] of CASES.entries()) {
    await checks.check(`${each.alert}: ${each.what}`, () => {
      const file = join(work, `test-${index}.yaml`);
      const own = join(work, `rules-${index}.yaml`);
      const groups = only(examples[each.of ?? 'everything'], each.alert);
      writeFileSync(own, toYaml([{ groups }]));
      writeFileSync(file, toYaml([testOf(own, groups, each)]));
      run(promtool, ['test', 'rules', file]);
      return each.fires.length > 0 ? 'fires' : 'does not fire';
    });
  }
  process.stdout.write(`${checks}`);
  return checks.failed ? 1 : 0;
}

/** One alert, and what it may refer to: days of all rules take promtool minutes. */
const only = (groups: readonly Group[], name: string): Group[] =>
  groups
    .map((group) => ({
      ...group,
      rules: group.rules.filter(({ alert }) => (alert === undefined ? name.startsWith('Model') : alert === name)),
    }))
    .filter(({ rules }) => rules.length > 0);

/** Compares only whether the alert is there, and its labels: what it says is text for people. */
function testOf(rules: string, groups: readonly Group[], { alert, series, at, fires }: Case): object {
  const expected = fires.map((labels) => ({
    labels: `ALERTS{${Object.entries({ alertname: alert, alertstate: 'firing', ...labels })
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}="${value}"`)
      .join(', ')}}`,
    value: 1,
  }));
  const labels = fires[0] ? Object.entries(fires[0]).map(([name, value]) => `,${name}="${value}"`) : [];
  return {
    rule_files: [rules],
    // Without it promtool takes groups in any order, and an alert may not see what is recorded at the same step.
    group_eval_order: groups.map(({ name }) => name),
    evaluation_interval: Number.parseInt(at, 10) > 100 ? '10m' : '1m',
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [
          {
            expr: `ALERTS{alertname="${alert}",alertstate="firing"${fires.length > 0 ? labels.join('') : quiet(alert)}}`,
            eval_time: at,
            exp_samples: expected,
          },
        ],
      },
    ],
  };
}

/** Where nothing is scraped but what a case says, all other components are down. */
const quiet = (alert: string) => (alert === 'ComponentDown' ? ',job="postgresql"' : '');

function groupsIn(project: string, example: Example): Group[] {
  const folder = join(project, EXAMPLES, example);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml') && /^\d\d-/.test(path))
    .sort()
    .flatMap((path) => loadAll(readFileSync(join(folder, path), 'utf8')))
    .filter(isRule)
    .flatMap(({ spec }) => spec.groups);
}

const isRule = (object: unknown): object is { readonly spec: { readonly groups: Group[] } } =>
  (object as { readonly kind?: string } | null)?.kind === 'PrometheusRule';

/** @throws Error with what it printed */
function run(command: string, args: readonly string[]): string {
  try {
    execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${stdout}${stderr}`);
  }
}

void runProgram(program, main);
