/** `ml-platform synth`. */
import type { Command } from 'commander';
import { Interrupted } from '../command';
import { ENVIRONMENTS, requireEnvironments } from '../environments';
import { examples } from '../help';
import type { Terminal } from '../terminal';
import { synthForCdk8s } from './cdk8s';
import { type SynthProps, synth } from './synth';
import { changesBelow } from './watch';

export function addSynth(program: Command, terminal: Terminal): void {
  program
    .command('synth')
    .summary('render environments into dist/')
    .description(
      'Renders environments/ into dist/: all of it, or nothing where something is wrong. At the end it says which files ' +
        'changed, and the commands that apply them.',
    )
    .argument('[env...]', 'render these environments only, and leave the others in dist/ as they are')
    .option('--watch', 'render again whenever a file of environments/ changes; Ctrl-C ends it, with exit code 130')
    .addHelpText(
      'after',
      examples('npx ml-platform synth', 'npx ml-platform synth minikube', 'npx ml-platform synth --watch'),
    )
    .action(async (names: string[], { watch }: { watch?: true }) => {
      // In a repository that has no main.ts, this command is the app that cdk8s runs.
      if (terminal.env.CDK8S_OUTDIR !== undefined && names.length === 0) return synthForCdk8s(terminal);
      requireEnvironments(names);
      const props = names.length === 0 ? {} : { only: [...new Set(names)] };
      if (!watch) return synth(terminal, props);
      terminal.out(`watching ${ENVIRONMENTS}/; Ctrl-C ends it\n`);
      for await (const _ of changesBelow(ENVIRONMENTS)) await tryToSynth(terminal, props);
    });
}

/** Says what is wrong, for the author to put right and save again. */
async function tryToSynth(terminal: Terminal, props: SynthProps): Promise<void> {
  try {
    await synth(terminal, props);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Interrupted) throw error;
    terminal.err(`${error.message}\n`);
  }
}
