/** Follows docs/operations.md on a running platform: writes the files that it shows and runs the commands that it gives. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import type { Block } from '../../__tests__/support/markdown';
import { merge } from '../../config/merge';
import { finished } from '../cluster/commands';
import { blocksBelow, runDocumented } from '../cluster/documents';
import type { RunningPlatform } from './running-platform';

export const OPERATIONS = 'docs/operations.md';

/** What a reader puts in place of an example, such as the name of a dump. */
export type FillIn = (commands: string) => string;

export const blocksOf = ({ props }: RunningPlatform, heading: string) =>
  blocksBelow(props.project, OPERATIONS, heading);

/** Does all that is directly below a heading, in its order. */
export async function follow(platform: RunningPlatform, heading: string, fillIn?: FillIn): Promise<void> {
  for (const block of blocksOf(platform, heading)) await followBlock(platform, block, fillIn);
}

/** Does what one block says: settings join those that the file has, commands run in the repository. */
export async function followBlock(
  platform: RunningPlatform,
  { marks, text }: Block,
  fillIn: FillIn = (commands) => commands,
): Promise<void> {
  const { cluster, project, repository, software } = platform.props;
  if (marks.file !== undefined) addSettings(join(repository.root, marks.file), load(text));
  else await runDocumented(cluster, fillIn(text), { project, home: repository.root, programs: software.minio });
}

/** Renders what changed, and applies these stages, as the document says of every change. */
export async function renderAndApply(platform: RunningPlatform, ...stages: readonly string[]): Promise<void> {
  const { cluster, repository } = platform.props;
  finished(repository.command('synth'));
  for (const stage of stages) await cluster.run(['apply', '--server-side', '-f', join(repository.dist(), stage)]);
}

/** Does something, and puts the environment's files back as they were. */
export async function whileChanged<T>(platform: RunningPlatform, change: () => Promise<T>): Promise<T> {
  const { repository, work } = platform.props;
  const kept = join(work, 'environment');
  cpSync(repository.environment(), kept, { recursive: true });
  const result = await change();
  rmSync(repository.environment(), { recursive: true });
  cpSync(kept, repository.environment(), { recursive: true });
  rmSync(kept, { recursive: true });
  return result;
}

/** Adds settings to a file of the environment. */
export function addSettings(file: string, settings: unknown): void {
  const said = { file };
  const { content } = merge({ content: load(readFileSync(file, 'utf8')) ?? {}, said }, { content: settings, said });
  writeFileSync(file, dump(content));
}
