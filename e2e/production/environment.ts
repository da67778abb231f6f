/** The environment of this project that is relied on, with what a test has to replace. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { finished } from '../cluster/commands';
import { type Environment, ownEnvironment } from '../cluster/environments';
import { Repository } from '../cluster/repository';

const NAME = 'production';

/** What is replaced, each with the reason. */
const REPLACED = 'e2e/production/platform.yaml';

/**
 * Makes a repository with it, rendered.
 * @param root a folder; what is in it is removed
 */
export function production(project: string, root: string): Repository {
  const repository = Repository.withOwn(project, root, NAME);
  repository.change(load(readFileSync(join(project, REPLACED), 'utf8')));
  finished(repository.command('synth'));
  return repository;
}

/** As it is rendered now. */
export const rendered = ({ root }: Repository): Environment => ownEnvironment(root, NAME);
