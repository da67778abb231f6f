/** Models answer with what they say in Python, by each protocol. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from '../../cluster/commands';
import { type Context, MODELS } from '../context';
import { Manifests } from '../manifests';
import { Pod } from '../pod';
import { close, documentedProgram, documentedRequest, predictionOf } from '../predictions';

/** The committed models answer with what the same model says in Python. */
export async function serveCommitted(context: Context): Promise<void> {
  await context.checks.check("the documents' Python program asks mlflow-wine", async () => {
    await context.serve('mlflow-wine', context.node.manifests);
    const program = documentedProgram(context.project).replace('localhost', 'mlflow-wine-default.ml-models.svc');
    return close(Number(finished(context.python('training', '-c', program))), context.expected('mlflow-wine', 'wine'));
  });
  for (const name of MODELS) {
    await context.checks.check(`${name} is served from the committed manifest`, async () => {
      await context.serve(name, context.node.manifests);
      return 'ready';
    });
    await context.checks.check(`${name} answers the documented request as it does in Python`, () =>
      context.agrees(name, 'wine'),
    );
  }
}

/** A model that speaks Seldon's own protocol, and the front end in front of it. */
export async function seldonProtocol(context: Context): Promise<void> {
  const name = 'mlflow-wine';
  // Seldon's wrapper listens on every address, the ports of the other model included.
  await context.pod('xgb-wine-k8s').stop();
  const root = context.checkout('seldon-protocol', (environment) => {
    const file = join(environment, 'models', `${name}.yaml`);
    const text = readFileSync(file, 'utf8').replace('MLFLOW_SERVER', 'SKLEARN_SERVER\nprotocol: seldon');
    writeFileSync(file, text.replace(/^uri: .*$/m, 'uri: s3://models/wine/joblib/1'));
  });
  await context.checks.check(
    'SKLEARN_SERVER answers the documented request by the seldon protocol as the model does in Python',
    async () => {
      const model = join(context.work, 'model.joblib');
      finished(context.python('training', '-c', TO_JOBLIB, `mlflow-artifacts:/wine/${name}/1`, model));
      finished(context.mc('cp', model, 'mlflow/models/wine/joblib/1/model.joblib'));
      finished(context.commandIn(root, 'node', 'cli/run.mjs', 'cli/main.ts', 'synth'));
      await context.serve(name, context.node.manifests, new Manifests(join(root, 'dist/minikube'), ''));
      const url = `http://${name}-default.ml-models.svc:8000/api/v1.0/predictions`;
      const served = await predictionOf(url, documentedRequest(context.project, '/predictions'));
      return close(served, context.expected(name, 'wine'));
    },
  );
  await context.checks.check('the front end asks it by the seldon protocol', async () => {
    const pod = new Pod(context.node, new Manifests(join(root, 'dist/minikube'), '').pod('fe', 'fe-deployment'));
    try {
      await pod.start();
      return context.browse('--expect', context.expected(name, 'wine').toFixed(2));
    } finally {
      await pod.stop();
    }
  });
  await context.serve(name, context.node.manifests);
}

/** Saves the scikit-learn model inside an MLflow model as SKLEARN_SERVER reads it. */
const TO_JOBLIB = `
import sys, joblib, mlflow
joblib.dump(mlflow.sklearn.load_model(sys.argv[1]), sys.argv[2])
`;
