/** The files that a repository of environments starts with. */
import { ENVIRONMENTS } from '../environments';
import workflow from './template/.github/workflows/dist.yaml';
import gitignore from './template/.gitignore';
import cdk8s from './template/cdk8s.yaml';
import mlflowWine from './template/environments/minikube/models/mlflow-wine.yaml';
import xgbWine from './template/environments/minikube/models/xgb-wine-k8s.yaml';
import platform from './template/environments/minikube/platform.yaml';

/** Paths below the repository, and texts. */
export type Files = Readonly<Record<string, string>>;

export const GITIGNORE = '.gitignore';

/** What all environments share, and their owner may change. */
export function sharedFiles(): Files {
  return {
    [GITIGNORE]: gitignore,
    '.github/workflows/dist.yaml': workflow,
    'cdk8s.yaml': cdk8s,
  };
}

/** The starting environment, under a name of the user's. */
export function environmentFiles(name: string): Files {
  const folder = `${ENVIRONMENTS}/${name}`;
  return {
    [`${folder}/platform.yaml`]: platform,
    [`${folder}/models/mlflow-wine.yaml`]: mlflowWine,
    [`${folder}/models/xgb-wine-k8s.yaml`]: xgbWine,
  };
}
