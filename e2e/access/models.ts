/** The models of the environment: those that it starts with, and some whose files say who calls them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ModelEcho } from './model-echo';
import { TEAM, TEAM_NAMESPACE } from './people';

interface ServedModel {
  /** Below models/. */
  readonly file: string;
  readonly text: string;
  readonly namespace: string;
  readonly predictors: readonly string[];
}

const own = (name: string, text: string, predictors = ['default']): ServedModel => ({
  file: `${name}.yaml`,
  text: `server: SKLEARN_SERVER\nuri: s3://models/x/1\n${text}\n`,
  namespace: 'ml-models',
  predictors,
});

/** Models beside those of the starting environment. */
const ADDED: Readonly<Record<string, ServedModel>> = {
  team: own('team', 'groups: [ml-admins]'),
  open: own('open', 'public: true'),
  split: own('split', 'predictors: [{name: main, traffic: 80}, {name: next, traffic: 20}]', ['main', 'next']),
  price: {
    file: `${TEAM}/price.yaml`,
    text: `server: SKLEARN_SERVER\nuri: s3://models/workspaces/${TEAM}/price/1\n`,
    namespace: TEAM_NAMESPACE,
    predictors: ['default'],
  },
};
const STARTING = Object.fromEntries(['mlflow-wine', 'xgb-wine-k8s'].map((name) => [name, own(name, '')]));

/** Writes the files of the models that the starting environment does not have. */
export function addModels(environment: string): void {
  for (const { file, text } of Object.values(ADDED)) {
    const path = join(environment, 'models', file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** What is in the place of each predictor of each model. */
export const echoes = (): ModelEcho[] =>
  Object.entries({ ...STARTING, ...ADDED }).flatMap(([model, { namespace, predictors }], index) =>
    predictors.map(
      (predictor, place) => new ModelEcho({ model, predictor, namespace }, `10.0.1.${10 * index + place + 1}`),
    ),
  );
