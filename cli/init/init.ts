/** `ml-platform init`. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { environmentNames } from '../../charts/environment/environments';
import { isEnvironmentName } from '../../charts/environment/folder';
import { UsageError } from '../command';
import { schemaFiles } from '../docs/schemas';
import { ENVIRONMENTS } from '../environments';
import { examples } from '../help';
import { DIST, synth } from '../synth/synth';
import type { Terminal } from '../terminal';
import { writeCurrent, writeMissing } from './repository';
import { environmentFiles, sharedFiles } from './template';

const FIRST = 'minikube';

export function addInit(program: Command, terminal: Terminal): void {
  program
    .command('init')
    .summary('start a repository of environments, or add an environment')
    .description(
      'Writes what a repository of environments needs: one environment to start from, cdk8s.yaml, the JSON Schemas by ' +
        'which editors complete its files, a GitHub workflow that proves dist/ current, and .gitignore. Then it renders ' +
        'dist/. A file that is there already is kept as it is, but for the JSON Schemas: after an upgrade of ml-platform, ' +
        'init brings them up to date.',
    )
    .argument('[name]', `the environment to add (default: "${FIRST}" where there is none yet)`)
    .addHelpText(
      'after',
      examples(
        'npx ml-platform init              the first environment, "minikube"',
        'npx ml-platform init production   an environment "production", and nothing else beside those that are there',
      ),
    )
    .action((name: string | undefined) => init(terminal, name));
}

/** @throws UsageError when the name cannot be that of an environment; Error as synth does */
async function init(terminal: Terminal, name: string | undefined): Promise<void> {
  if (name !== undefined && !isEnvironmentName(name)) {
    throw new UsageError(`"${name}" cannot name an environment: it is a lower-case DNS label, such as "${FIRST}"`);
  }
  const say = (line: string) => terminal.out(`${line}\n`);
  const existing = environmentNames(ENVIRONMENTS);
  const kept = existing.filter((environment) => environment === (name ?? environment));
  // Who adds an environment has a repository, and what was removed from that does not come back.
  if (existing.length === 0 || name === undefined) writeMissing(sharedFiles(), say);
  writeCurrent(schemaFiles(ENVIRONMENTS), say);
  // An environment is left as it is, too.
  for (const environment of kept) say(`kept ${ENVIRONMENTS}/${environment}/, which is there already`);
  if (kept.length === 0) writeMissing(environmentFiles(name ?? FIRST), say);
  // In a folder that is not ours yet, dist/ may be anything.
  if (existsSync(DIST)) say(`kept ${DIST}/, which is there already; "npx ml-platform synth" replaces it`);
  else await synth(terminal);
}
