/** The starting environment, reached from outside, with two teams that have a model each. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLIENT, OTHER_TEAM, settings, TEAM } from '../access/people';
import { finished } from '../cluster/commands';
import { Repository } from '../cluster/repository';

/** The issuer of certificates, which has the authority of the test. */
export const CERTIFICATES = 'company';

type Team = typeof TEAM | typeof OTHER_TEAM;

export interface TeamModel {
  readonly team: Team;
  readonly namespace: string;
  readonly model: string;
  /** Of its files, below the bucket. */
  readonly place: string;
}

/** @param model its name */
const modelOf = (team: Team, model: string): TeamModel => ({
  team,
  namespace: `ml-models-${team}`,
  model,
  place: `models/workspaces/${team}/${model}/1`,
});

export const TEAM_MODELS = [modelOf(TEAM, 'price'), modelOf(OTHER_TEAM, 'demand')] as const;

/**
 * Makes a repository with it, rendered.
 * @param root a folder; what is in it is removed
 */
export function exposed(project: string, root: string): Repository {
  const repository = Repository.init(project, root);
  repository.change(
    settings(
      { issuer: CERTIFICATES },
      TEAM_MODELS.map(({ team }) => team),
    ),
  );
  for (const { team, model, place } of TEAM_MODELS) {
    const file = join(repository.environment(), 'models', team, `${model}.yaml`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `server: MLFLOW_SERVER\nuri: s3://${place}\n`);
  }
  writeFileSync(join(repository.environment(), 'secrets.env'), `OIDC_CLIENT_SECRET=${CLIENT.client_secret}\n`);
  finished(repository.command('synth'));
  return repository;
}
