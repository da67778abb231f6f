/** Renders environments into the output folder, and says what changed. */
import { loadEnvironments } from '../../charts/environment/environments';
import { renderEnvironments, type Summary } from '../../charts/rendering/render';
import { ConfigError } from '../../config/problems';
import { Interrupted } from '../command';
import { ENVIRONMENTS } from '../environments';
import type { Terminal } from '../terminal';
import { Changes } from './changes';
import { faultsOfRun } from './judge';
import { Memories } from './memories';
import { replaceFolder } from './output-folder';
import { describe, describeChanges } from './report';
import { ReplacedMeanwhile, recoverFolder } from './swap';

export const DIST = 'dist';

export interface SynthProps {
  /** The output folder. @default "dist" */
  readonly target?: string;
  /** The environments to render, the others staying as they are in the output folder. @default - all */
  readonly only?: readonly string[];
}

/**
 * Renders all or nothing: where this throws, the output folder is as it was, or as another run has left it.
 * @throws Error with all that is wrong, a line each; Interrupted; ReplacedMeanwhile
 */
export async function synth(terminal: Terminal, { target = DIST, only }: SynthProps = {}): Promise<void> {
  try {
    recoverFolder(target);
    const memories = new Memories(terminal.env);
    const configs = loadEnvironments(ENVIRONMENTS, only, memories.recall);
    const isRendered = (name: string) => only?.includes(name) ?? true;
    const changes = new Changes();
    const summaries: Summary[] = [];
    const rendered = renderEnvironments(
      configs,
      (summary) => summaries.push(summary),
      (environment) => memories.of(environment),
    );
    // After the last file, and before the new folder takes the place of the old one.
    const files = (function* () {
      yield* rendered;
      const faults = faultsOfRun(target, configs, summaries, changes.all);
      if (faults.length > 0) throw new ConfigError(faults);
    })();
    const count = await terminal.interruptible((interruption) =>
      replaceFolder(target, files, {
        keeps: (name) => !isRendered(name),
        begin: (before) => changes.begin(before.filter((path) => isRendered(path.split('/', 1)[0] ?? ''))),
        note: changes.note,
        interruption,
      }),
    );
    memories.save();
    for (const summary of summaries) terminal.out(describe(summary));
    terminal.out(`${count} files in ${only ? only.map((name) => `${target}/${name}/`).join(', ') : `${target}/`}\n`);
    terminal.out(describeChanges(target, changes.all));
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Interrupted || error instanceof ReplacedMeanwhile) throw error;
    const lines = error instanceof ConfigError ? error.problems : [error.message];
    const problems = `${lines.length} ${lines.length === 1 ? 'problem' : 'problems'}`;
    throw new Error([...lines, `nothing was written: ${problems}, ${target}/ is as it was`].join('\n'));
  }
}
