/** Whether a server can load what was saved, before a pod fails to. */
import type { Protocol } from '../../charts/models/protocol';
import type { Artifact } from './artifact';

/** File names, in the folder itself, that a server looks for; it takes the first it finds. */
const MODEL_FILES: Readonly<Record<string, readonly string[]>> = {
  // WELLKNOWN_MODEL_FILENAMES of MLServer's runtimes, 1.7.1.
  'SKLEARN_SERVER v2': ['model.joblib', 'model.pickle', 'model.pkl'],
  'XGBOOST_SERVER v2': ['model.bst', 'model.json', 'model.ubj'],
  // servers/sklearnserver and servers/xgboostserver of Seldon Core 1.17.1 know one name each.
  'SKLEARN_SERVER seldon': ['model.joblib'],
  'XGBOOST_SERVER seldon': ['model.bst'],
};

/** What keeps the model's server from loading these files; undefined where nothing is known to. */
export function formatProblem(server: string | undefined, protocol: Protocol, artifact: Artifact): string | undefined {
  const { files, mlmodel, signature } = artifact;
  if (server === 'MLFLOW_SERVER') {
    if (!mlmodel) return 'has no MLmodel file, which MLFLOW_SERVER reads; save it with mlflow';
    if (!mlmodel.flavors.includes('python_function')) {
      return `has no python_function flavour, which MLFLOW_SERVER loads, only ${mlmodel.flavors.join(', ')}`;
    }
    // mlserver-mlflow 1.7.1 ends with "'NoneType' object has no attribute 'inputs'".
    if (protocol === 'v2' && signature && signature.outputs.length === 0) {
      return 'has a signature without outputs, which MLFLOW_SERVER cannot load; log it with infer_signature(inputs, outputs)';
    }
    return undefined;
  }
  const names = MODEL_FILES[`${server} ${protocol}`];
  if (!names || names.some((name) => files.includes(name))) return undefined;
  const there = files.filter((file) => !file.includes('/'));
  return `has no file ${names.join(' or ')}, which ${server} loads with protocol ${protocol}; it has ${there.join(', ')}`;
}
