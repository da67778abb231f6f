/** Models answer with what they say in Python, by each protocol. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from '../../cluster/commands';
import { close, documentedProgram, documentedRequest, predictionOf } from '../../software/predictions';
import { WINE_MODELS } from '../../software/wine-models';
import type { Loop } from '../loop';
import { Manifests } from '../manifests';
import { Pod } from '../pod';

/** Both models answer with what the same model says in Python. */
export async function serveBoth(loop: Loop): Promise<void> {
  await loop.checks.check("the documents' Python program asks mlflow-wine", async () => {
    await loop.serve('mlflow-wine', loop.host.manifests);
    const program = documentedProgram(loop.project).replace('localhost', 'mlflow-wine-default.ml-models.svc');
    return close(Number(finished(loop.python('training', '-c', program))), loop.expected('mlflow-wine', 'wine'));
  });
  for (const name of WINE_MODELS) {
    await loop.checks.check(`${name} is served from its manifest`, async () => {
      await loop.serve(name, loop.host.manifests);
      return 'ready';
    });
    await loop.checks.check(`${name} answers the documented request as it does in Python`, () =>
      loop.agrees(name, 'wine'),
    );
  }
}

/** A model that speaks Seldon's own protocol, and the front end in front of it. */
export async function seldonProtocol(loop: Loop): Promise<void> {
  const name = 'mlflow-wine';
  // Seldon's wrapper listens on every address, the ports of the other model included.
  await loop.pod('xgb-wine-k8s').stop();
  const repository = loop.changed('seldon-protocol', (environment) => {
    const file = join(environment, 'models', `${name}.yaml`);
    const text = readFileSync(file, 'utf8').replace('MLFLOW_SERVER', 'SKLEARN_SERVER\nprotocol: seldon');
    writeFileSync(file, text.replace(/^uri: .*$/m, 'uri: s3://models/wine/joblib/1'));
  });
  await loop.checks.check(
    'SKLEARN_SERVER answers the documented request by the seldon protocol as the model does in Python',
    async () => {
      const model = join(loop.work, 'model.joblib');
      finished(loop.python('training', '-c', TO_JOBLIB, `mlflow-artifacts:/wine/${name}/1`, model));
      finished(loop.mc('cp', model, 'mlflow/models/wine/joblib/1/model.joblib'));
      finished(repository.command('synth'));
      await loop.serve(name, loop.host.manifests, new Manifests(repository.dist(), ''));
      const url = `http://${name}-default.ml-models.svc:8000/api/v1.0/predictions`;
      const served = await predictionOf(url, documentedRequest(loop.project, '/predictions'));
      return close(served, loop.expected(name, 'wine'));
    },
  );
  await loop.checks.check('the front end asks it by the seldon protocol', async () => {
    const pod = new Pod(loop.host, new Manifests(repository.dist(), '').pod('fe', 'fe-deployment'));
    try {
      await pod.start();
      return loop.browse('--expect', loop.expected(name, 'wine').toFixed(2));
    } finally {
      await pod.stop();
    }
  });
  await loop.serve(name, loop.host.manifests);
}

/** Saves the scikit-learn model inside an MLflow model as SKLEARN_SERVER reads it. */
const TO_JOBLIB = `
import sys, joblib, mlflow
joblib.dump(mlflow.sklearn.load_model(sys.argv[1]), sys.argv[2])
`;
