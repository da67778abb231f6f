/** MLflow with teams, over the same database: a user and an experiment of each, and nothing of another. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { same } from '../../cluster/checks';
import { finished, run } from '../../cluster/commands';
import { STARTING } from '../../cluster/repository';
import { TRACKING } from '../../software/wine-models';
import type { Loop } from '../loop';
import { Manifests } from '../manifests';
import { Pod } from '../pod';
import { knownTo } from './users';

const TEAMS = ['north', 'south'] as const;
type Team = (typeof TEAMS)[number];

export async function teams(loop: Loop): Promise<void> {
  const repository = loop.changed('teams', () => {});
  repository.change({ mlflow: { auth: 'basic' }, teams: TEAMS.map((name) => ({ name, group: `people-of-${name}` })) });
  finished(repository.command('synth'));
  const values = join(loop.work, 'teams.env');
  writeFileSync(values, knownTo(loop.host.manifests));
  const manifests = new Manifests(
    repository.dist(),
    finished(repository.command('secrets', STARTING, '--values', values)),
  );
  const passwords = manifests.data('Secret', 'mlflow', 'mlflow-users');
  /** Runs Python as the user of a team, with MLflow's own client. */
  const as = (team: Team, program: string, ...args: string[]) =>
    run(join(loop.software.training, 'bin/python'), ['-c', program, ...args], loop.project, {
      MLFLOW_TRACKING_URI: TRACKING,
      MLFLOW_TRACKING_USERNAME: `team-${team}`,
      MLFLOW_TRACKING_PASSWORD: passwords[`team-${team}`] ?? '',
    });

  await loop.pod('mlflow').stop();
  const server = new Pod({ ...loop.host, manifests }, manifests.pod('mlflow', 'mlflow'));
  await loop.checks.check('MLflow is ready with a user and an experiment for each team', async () => {
    await server.start();
    const made = "select count(*) from mlflow.experiments where name in ('team-north', 'team-south')";
    same(loop.sql(made), '2');
    // The experiment of everybody has its files in no folder of a team.
    const first = loop.sql('select artifact_location from mlflow.experiments where experiment_id = 0');
    same(first, 'mlflow-artifacts:/0');
    return 'ready';
  });
  let taken = '';
  await loop.checks.check('a team logs a run with a file in its own, which lies where its key reads', () => {
    taken = finished(as('north', LOG_A_RUN)).split('\n').at(-1) ?? '';
    const number = loop.sql("select experiment_id from mlflow.experiments where name = 'team-north'");
    const file = `workspaces/north/${number}/${taken}/artifacts/note.txt`;
    same(finished(loop.mc('cat', `root/models/${file}`)), 'of north');
    return file;
  });
  await loop.checks.check('it registers a model from there', () => {
    return (
      finished(as('north', REGISTER, taken))
        .split('\n')
        .at(-1) ?? ''
    );
  });
  await loop.checks.check('another team sees none of it, and changes nothing', () => {
    const seen =
      finished(as('south', LOOK, taken))
        .split('\n')
        .at(-1) ?? '';
    same(JSON.parse(seen), { experiments: ['team-south'], models: [], refused: 5 });
    return seen;
  });
  await server.stop();
  await loop.start('mlflow', 'mlflow');
}

const LOG_A_RUN = `
import pathlib, tempfile, mlflow
mlflow.set_experiment("team-north")
with mlflow.start_run() as run:
    mlflow.log_metric("rmse", 0.5)
    file = pathlib.Path(tempfile.mkdtemp()) / "note.txt"
    file.write_text("of north")
    mlflow.log_artifact(str(file))
assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/note.txt") == "of north"
print(run.info.run_id)
`;

const REGISTER = `
import sys, mlflow
client = mlflow.MlflowClient()
client.create_registered_model("north-model")
source = client.get_run(sys.argv[1]).info.artifact_uri
version = client.create_model_version("north-model", source, sys.argv[1])
print(version.source)
`;

const LOOK = `
import json, os, sys, mlflow
from mlflow.exceptions import MlflowException
client = mlflow.MlflowClient()
their_run = sys.argv[1]
refused = 0
for attempt in (
    lambda: client.get_run(their_run),
    lambda: client.log_metric(their_run, "rmse", 1),
    lambda: client.list_artifacts(their_run),
    lambda: client.get_registered_model("north-model"),
    lambda: client.create_run(client.get_experiment_by_name("team-north").experiment_id),
):
    try:
        attempt()
    except MlflowException as error:
        refused += error.get_http_status_code() == 403 or "403" in str(error)
print(json.dumps({
    "experiments": [e.name for e in client.search_experiments()],
    "models": [m.name for m in client.search_registered_models()],
    "refused": refused,
}))
`;
