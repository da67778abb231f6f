/** How environment folders are read: what is refused of their files taken together, and how it is said. */

import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { platformSchema } from '../../../charts/config';
import { type Files, MODEL, problemsIn } from '../../support/environments';

const a = (length: number) => 'a'.repeat(length);

const ROOT_FIELDS = Object.keys(platformSchema.shape).join(', ');

const SERVERS = 'SKLEARN_SERVER, XGBOOST_SERVER, MLFLOW_SERVER, TENSORFLOW_SERVER, TRITON_SERVER, HUGGINGFACE_SERVER';

const URI = 'uri: s3://models/wine/1';

const WITHOUT_FRONTEND = 'frontend: {enabled: false}';

interface FolderCase {
  readonly name: string;
  readonly files: Files;
  readonly prepare?: (folder: string) => void;
  readonly problems: readonly string[];
}

const FOLDERS: readonly FolderCase[] = [
  {
    name: 'no folder of environments',
    files: {},
    problems: ['environments: not found; an environment is a folder such as "environments/minikube/platform.yaml"'],
  },
  {
    name: 'an empty folder of environments',
    files: {},
    prepare: (folder) => mkdirSync(folder),
    problems: ['environments: has no environment, such as "environments/minikube/platform.yaml"'],
  },
  {
    name: 'only files, and folders that are hidden',
    files: { 'model.schema.json': '{}', '.git/platform.yaml': '' },
    problems: ['environments: has no environment, such as "environments/minikube/platform.yaml"'],
  },
  {
    name: 'a file beside the environments that was meant as one',
    files: { 'test/platform.yaml': WITHOUT_FRONTEND, 'prod.yaml': '' },
    problems: [
      'environments/prod.yaml: not read; an environment is a folder, such as "environments/prod/platform.yaml"',
    ],
  },
  {
    name: 'an environment without its file',
    files: { 'test/models/m.yaml': MODEL },
    problems: [
      `environments/test/platform.yaml: not found; "${WITHOUT_FRONTEND}" is enough in it, since all else has a default`,
    ],
  },
  {
    name: 'an empty file without the model that the front end calls by default',
    files: { 'test/platform.yaml': '' },
    problems: [
      'environments/test/platform.yaml: frontend.model: there is no model "mlflow-wine" in models/; add a model file, or set frontend.enabled: false',
    ],
  },
  {
    name: 'a lock that is wrong beside settings that are',
    files: { 'test/platform.yaml': 'mlflw: {}', 'test/images.lock.yaml': 'images: 5' },
    problems: [
      'environments/test/platform.yaml: mlflw: unknown field; did you mean "mlflow"?',
      'environments/test/images.lock.yaml: images: must be a mapping, not 5',
    ],
  },
  {
    name: 'an environment whose file ends in .yml',
    files: { 'test/platform.yml': '' },
    problems: [
      'environments/test/platform.yml: not read; an environment is platform.yaml, models.lock.yaml, images.lock.yaml and models/',
      `environments/test/platform.yaml: not found; "${WITHOUT_FRONTEND}" is enough in it, since all else has a default`,
    ],
  },
  {
    name: 'an environment whose name is no DNS label',
    files: { 'Test_1/platform.yaml': WITHOUT_FRONTEND },
    problems: ['environments/Test_1: the name of an environment is a lower-case DNS label, such as "minikube"'],
  },
  {
    name: 'an environment whose name has 64 characters',
    files: { [`${a(64)}/platform.yaml`]: WITHOUT_FRONTEND },
    problems: [`environments/${a(64)}: the name of an environment is a lower-case DNS label, such as "minikube"`],
  },
  {
    name: 'an environment that is a link, which is read like any other',
    files: { '.shared/platform.yaml': 'mlflw: {}' },
    prepare: (folder) => symlinkSync('.shared', join(folder, 'test')),
    problems: ['environments/test/platform.yaml: mlflw: unknown field; did you mean "mlflow"?'],
  },
  {
    name: 'a folder of models by another name, which would drop them all',
    files: { 'test/platform.yaml': WITHOUT_FRONTEND, 'test/model/m.yaml': MODEL },
    problems: [
      'environments/test/model: not read; an environment is platform.yaml, models.lock.yaml, images.lock.yaml and models/',
    ],
  },
  {
    name: 'a model file that lies beside the folder of models',
    files: { 'test/platform.yaml': WITHOUT_FRONTEND, 'test/m.yaml': MODEL },
    problems: [
      'environments/test/m.yaml: not read; an environment is platform.yaml, models.lock.yaml, images.lock.yaml and models/',
    ],
  },
  {
    name: 'model files that are not read',
    files: {
      'test/platform.yaml': WITHOUT_FRONTEND,
      'test/models/README.md': 'is no model and no fault',
      'test/models/.hidden.yaml': 'is no model and no fault',
      'test/models/a.yml': MODEL,
      'test/models/b.json': '{}',
      'test/models/c.YAML': MODEL,
      'test/models/sub/d.yaml': MODEL,
    },
    problems: [
      'environments/test/models/a.yml: not read; a model file ends in .yaml, such as "a.yaml"',
      'environments/test/models/b.json: not read; a model file ends in .yaml, such as "b.yaml"',
      'environments/test/models/c.YAML: not read; a model file ends in .yaml, such as "c.yaml"',
      'environments/test/models/sub/d.yaml: lies in models/sub/, and platform.yaml has no team sub; move it to models/d.yaml, or add teams: [{name: sub, group: sub-team}]',
    ],
  },
  {
    name: 'a model file whose name is no name of a model',
    files: { 'test/platform.yaml': WITHOUT_FRONTEND, 'test/models/Red_Wine.yaml': MODEL },
    problems: [
      'environments/test/models/Red_Wine.yaml: name: must be a lower-case DNS label of at most 63 characters that starts with a letter, not "Red_Wine", such as "xgb-wine-k8s"',
    ],
  },
  {
    name: 'two models of one name',
    files: {
      'test/platform.yaml': WITHOUT_FRONTEND,
      'test/models/a.yaml': MODEL,
      'test/models/b.yaml': `name: a\n${MODEL}`,
    },
    problems: [
      'environments/test/models/b.yaml: name: makes the SeldonDeployment "a", which environments/test/models/a.yaml makes too; rename one of them',
    ],
  },
  {
    name: 'two models whose name and predictor make one Service',
    files: {
      'test/platform.yaml': WITHOUT_FRONTEND,
      'test/models/a.yaml': `predictor: b-c\n${MODEL}`,
      'test/models/a-b.yaml': `predictor: c\n${MODEL}`,
    },
    problems: [
      'environments/test/models/a.yaml: name: makes the Service "a-b-c", which environments/test/models/a-b.yaml makes too; rename one of them',
    ],
  },
  {
    name: 'a model that is called like the detector of another one',
    files: {
      'test/platform.yaml': WITHOUT_FRONTEND,
      'test/models/a.yaml': `${MODEL}detector: {kind: outlier, uri: s3://models/d}`,
      'test/models/a-detector.yaml': MODEL,
    },
    problems: [
      'environments/test/models/a.yaml: name: makes the file "50-models/a-detector.yaml", which environments/test/models/a-detector.yaml makes too; rename one of them',
    ],
  },
  {
    name: 'a model file that is a link to nothing',
    files: { 'test/platform.yaml': WITHOUT_FRONTEND, 'test/models/a.yaml': MODEL },
    prepare: (folder) => symlinkSync('gone.yaml', join(folder, 'test/models/b.yaml')),
    problems: [
      'environments/test/models/b.yaml: is a link to nothing; let it lead to a file or a folder, or remove it',
    ],
  },
  {
    name: 'a folder of models that is a link to nothing',
    files: { 'test/platform.yaml': WITHOUT_FRONTEND },
    prepare: (folder) => symlinkSync('gone', join(folder, 'test/models')),
    problems: ['environments/test/models: is a link to nothing; let it lead to a file or a folder, or remove it'],
  },
  {
    name: "a model whose predictor's Service is another one's node",
    files: {
      'test/platform.yaml': WITHOUT_FRONTEND,
      'test/models/a.yaml': `predictor: b\n${MODEL}`,
      'test/models/b.yaml': `name: a-b\npredictor: classifier\nnode: x\n${MODEL}`,
    },
    problems: [
      'environments/test/models/b.yaml: name: makes the Service "a-b-classifier", which environments/test/models/a.yaml makes too; rename one of them',
    ],
  },
  {
    name: 'a front end whose model there is not',
    files: {
      'test/platform.yaml': 'frontend: {model: red-wine}',
      'test/models/a.yaml': MODEL,
      'test/models/b.yaml': MODEL,
    },
    problems: [
      'environments/test/platform.yaml: frontend.model: there is no model "red-wine" in models/; it can be one of a, b',
    ],
  },
  {
    name: 'a front end without any model',
    files: { 'test/platform.yaml': '' },
    problems: [
      'environments/test/platform.yaml: frontend.model: there is no model "mlflow-wine" in models/; add a model file, or set frontend.enabled: false',
    ],
  },
  {
    name: 'a front end whose model speaks another protocol',
    files: {
      'test/platform.yaml': 'frontend: {model: m}',
      'test/models/m.yaml': `server: TENSORFLOW_SERVER\nprotocol: tensorflow\n${URI}`,
    },
    problems: [
      'environments/test/platform.yaml: frontend.model: is "m", which speaks the tensorflow protocol; the front end speaks v2 and seldon',
    ],
  },
  {
    name: 'a front end whose model is faulty, which is one fault and not two',
    files: { 'test/platform.yaml': '', 'test/models/mlflow-wine.yaml': `server: MLFLOW\n${URI}` },
    problems: [
      `environments/test/models/mlflow-wine.yaml: server: must be one of ${SERVERS}, not "MLFLOW", such as "MLFLOW_SERVER"`,
    ],
  },
  {
    name: 'models outside the bucket of their environment',
    files: {
      'test/platform.yaml': 'objectStore: {bucket: prod-models}\nfrontend: {enabled: false}',
      'test/models/a.yaml': MODEL,
      'test/models/b.yaml': 'server: MLFLOW_SERVER\nuri: s3://prod-models/b/1',
    },
    problems: [
      'environments/test/models/a.yaml: uri: is s3://models/wine/mlflow-wine/1, outside the bucket that models are read from, such as "s3://prod-models/a/1"',
    ],
  },
  {
    name: 'faults in several files of several environments, all of them in the order of the files',
    files: {
      'b/platform.yaml': 'mlflow: {replicas: 0, workers: x}\nzebra: 1',
      'b/models/y.yaml': '{',
      'b/models/x.yaml': 'uri: none',
      'a/platform.yaml': 'clusterDomain: A',
      'a/models/m.yaml': `server: X\n${URI}`,
      'c/platform.yaml': WITHOUT_FRONTEND,
    },
    problems: [
      'environments/a/platform.yaml: clusterDomain: must be a lower-case DNS name of at most 253 characters, not "A", such as "cluster.local"',
      `environments/a/models/m.yaml: server: must be one of ${SERVERS}, not "X", such as "MLFLOW_SERVER"`,
      'environments/b/platform.yaml: mlflow.replicas: must be a whole number from 1 to 10, not 0, such as 2',
      'environments/b/platform.yaml: mlflow.workers: must be a whole number from 1 to 32, not "x", such as 4',
      `environments/b/platform.yaml: zebra: unknown field; the fields here are ${ROOT_FIELDS}`,
      'environments/b/models/x.yaml: uri: must be the source of a model, not "none", such as "models:/wine-elasticnet@champion"',
      'environments/b/models/x.yaml: server: is required, such as "MLFLOW_SERVER"',
      'environments/b/models/y.yaml: line 1: unexpected end of the stream within a flow collection, at "{"',
    ],
  },
];

describe('a folder of environments is refused for', () => {
  test.each(FOLDERS)('$name', ({ files, prepare, problems }) => {
    expect(problemsIn(files, prepare)).toEqual(problems);
  });

  test('three hundred faulty files, with every fault of each', () => {
    const models = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`test/models/m${i}.yaml`, 'replicas: x']));
    expect(problemsIn({ 'test/platform.yaml': WITHOUT_FRONTEND, ...models })).toHaveLength(3 * 300);
  });
});
