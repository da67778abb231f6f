/** The app of `cdk8s synth`. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { Terminal } from '../terminal';
import { DIST, synth } from './synth';

/** The output folder in cdk8s.yaml, which cdk8s empties before it starts the app: it only links to dist/. */
const CDK8S_OUTPUT = 'node_modules/.cache/cdk8s';

/**
 * Renders every environment to where cdk8s wants it.
 * @throws Error with all that is wrong, a line each; Interrupted
 */
export async function synthForCdk8s(terminal: Terminal): Promise<void> {
  const { CDK8S_OUTDIR: outdir = DIST } = terminal.env;
  if (outdir !== CDK8S_OUTPUT) return synth(terminal, { target: outdir });
  await synth(terminal);
  link(CDK8S_OUTPUT, DIST);
}

function link(path: string, target: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(relative(dirname(resolve(path)), resolve(target)), path, 'junction');
}
