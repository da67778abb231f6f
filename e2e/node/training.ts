/** What a data scientist does before there is a model to serve. */
import { join } from 'node:path';
import { finished, run } from '../cluster/commands';
import { TRACKING, WINE_MODELS } from '../software/wine-models';
import type { RunningPlatform } from './running-platform';

/** Trains the models and publishes them, from outside the cluster. */
export function train(platform: RunningPlatform): Promise<string> {
  return platform.forward('mlflow', 'svc/mlflow', '5000', async () => {
    const args = ['datascience/train.py', '--data', platform.props.data, '--no-verify'];
    // With nothing set but where MLflow is: that is what a user has.
    const python = join(platform.props.software.training, 'bin/python');
    const said = finished(run(python, args, platform.props.project, { MLFLOW_TRACKING_URI: TRACKING }));
    for (const name of WINE_MODELS) platform.expected(name);
    return said.match(/registered {2}.*/g)?.join('; ') ?? '';
  });
}
