/** Does what docs/operations.md says: writes the settings that it shows, and runs the commands that it gives. */
import { load } from 'js-yaml';
import { finished } from '../cluster/commands';
import { blocksBelow, runDocumented } from '../cluster/documents';
import type { Repository } from '../cluster/repository';
import type { Database } from './database';

const OPERATIONS = 'docs/operations.md';

/** The database, and the environment that it is of. */
export interface Operated {
  readonly database: Database;
  readonly repository: Repository;
  readonly project: string;
}

/** What a reader puts in place of an example, such as the name of a server. */
export type FillIn = (text: string) => string;

/** Does what the blocks below a heading say, from one to another. */
export async function follow(
  { database, repository, project }: Operated,
  heading: string,
  { from = 0, to, fillIn = (text) => text }: { from?: number; to?: number; fillIn?: FillIn } = {},
): Promise<string> {
  let said = '';
  const blocks = blocksBelow(project, OPERATIONS, heading).slice(from, to);
  if (blocks.length === 0) throw new Error(`${OPERATIONS} says nothing more below "${heading}"`);
  for (const { marks, text } of blocks) {
    if (marks.file === undefined)
      said = await runDocumented(database.cluster, fillIn(text), { project, home: repository.root });
    else repository.change(load(fillIn(text)));
  }
  return said;
}

/** Renders new settings. */
export function change({ repository }: Pick<Operated, 'repository'>, settings: object): void {
  repository.change(settings);
  finished(repository.command('synth'));
}
