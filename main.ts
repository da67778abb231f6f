/**
 * Renders every environment below environments/ into dist/.
 *
 * Run by `npm run synth` and by `npx cdk8s synth`; the CLI says where its output goes in CDK8S_OUTDIR. See README.md.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { loadEnvironments } from './charts/environments';
import { formatCpu, formatMemory } from './charts/lib/quantity';
import { renderEnvironments, type Summary } from './charts/synth';
import { recoverFolder, replaceFolder } from './cli/synth/output-folder';
import { ConfigError } from './config/problems';

const ENVIRONMENTS = 'environments';
const DIST = 'dist';
/** The output folder in cdk8s.yaml, which the CLI empties before it starts this program: it only links to dist/. */
const CLI_OUTPUT = 'node_modules/.cache/cdk8s';

/** @returns the exit code */
function main(outdir: string | undefined): number {
  const fromCli = outdir === CLI_OUTPUT;
  const target = fromCli || outdir === undefined ? DIST : outdir;
  const summaries: Summary[] = [];
  try {
    recoverFolder(target);
    const configs = loadEnvironments(ENVIRONMENTS);
    const files = replaceFolder(
      target,
      renderEnvironments(configs, (summary) => summaries.push(summary)),
    );
    if (fromCli) link(CLI_OUTPUT, target);
    for (const summary of summaries) console.log(describe(summary));
    console.log(`${files} files in ${target}/`);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const lines = error instanceof ConfigError ? error.problems : [error.message];
    for (const line of lines) console.error(line);
    console.error(
      `nothing was written: ${lines.length} ${lines.length === 1 ? 'problem' : 'problems'}, ${target}/ is as it was`,
    );
    return 1;
  }
}

function describe({ environment, objects, models, requests }: Summary): string {
  return (
    `${environment}: ${objects} objects, ${models} ${models === 1 ? 'model' : 'models'}; requests ` +
    `${formatCpu(requests.cpu)} CPU, ${formatMemory(requests.memory)} memory, ${formatMemory(requests.storage)} volumes`
  );
}

function link(path: string, target: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(relative(dirname(resolve(path)), resolve(target)), path, 'junction');
}

// A signal waits until the run is over, which is within seconds: dist/ is never caught between old and new.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(130));
}
process.exitCode = main(process.env.CDK8S_OUTDIR);
