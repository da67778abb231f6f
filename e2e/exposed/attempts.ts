/** What a team tries with all that is not its own, and must not succeed with. */
import { originOf } from '../access/people';
import type { TeamModel } from './environment';
import { hostOfTeam, urlOf } from './model-checks';

/** Addresses that a program in the server of its model calls, by what they are. */
export const calls = (own: TeamModel, other: TeamModel): Readonly<Record<string, string>> => ({
  [`the model of ${other.team}`]: `${other.model}-default.${other.namespace}:8000`,
  [`the proxy of ${other.team}`]: `team-${other.team}-sign-in.ml-models:4180`,
  'its own proxy': `team-${own.team}-sign-in.ml-models:4180`,
  "a model of the platform's own": 'mlflow-wine-default.ml-models:8000',
  'the proxy of these': 'models-sign-in.ml-models:4180',
  MLflow: 'mlflow.mlflow:5000',
  'the proxy of MLflow': 'mlflow-sign-in.mlflow:4180',
  'the database': 'postgresql.postgres:5432',
  'the page': 'frontend-service.fe:8080',
  'the API server': 'kubernetes.default:443',
  Traefik: 'traefik.edge:8443',
  'the issuer': 'login.test:9400',
});

const NO_REPLICAS = '[{"op":"replace","path":"/spec/predictors/0/replicas","value":0}]';

/**
 * Commands of kubectl, of a person of its group.
 * @param pods one of its own, and one of the other
 */
export function commands(own: TeamModel, other: TeamModel, pods: { readonly own: string; readonly other: string }) {
  const theirs = ['-n', other.namespace];
  const ours = ['-n', own.namespace];
  return [
    ['get', 'pods', ...theirs],
    ['logs', pods.other, ...theirs],
    ['exec', pods.other, ...theirs, '--', 'true'],
    ['get', 'sdep', ...theirs],
    ['patch', 'sdep', other.model, ...theirs, '--type=json', `--patch=${NO_REPLICAS}`],
    ['delete', 'sdep', other.model, ...theirs],
    ['get', 'secrets', ...theirs],
    ['get', 'secrets', ...ours],
    ['get', 'secrets', '-n', 'ml-models'],
    ['get', 'configmaps', ...ours],
    ['exec', pods.own, ...ours, '--', 'true'],
    ['run', 'thief', ...ours, '--image=x'],
    ['create', 'job', 'thief', ...ours, '--image=x'],
    ['create', 'token', 'default', ...ours],
    ['create', 'rolebinding', 'mine', ...ours, '--clusterrole=admin', '--user=somebody'],
    ['delete', 'networkpolicy', 'default-deny', ...ours],
    ['delete', 'httproute', '--all', '-n', 'ml-models'],
    ['get', 'pods', '-n', 'mlflow'],
  ];
}

/** Commands of mc, with the key of the team: each is its alias. */
export function storeCommands(own: TeamModel, other: TeamModel): string[][] {
  const key = keyOf(own);
  return [
    ['ls', `${key}/models/`],
    ['ls', `${key}/models/workspaces/`],
    ['ls', `${key}/models/workspaces/${other.team}/`],
    ['cat', `${key}/${other.place}/MLmodel`],
    ['cat', `${key}/models/wine/mlflow-wine/1/MLmodel`],
    ['cp', `root/${own.place}/MLmodel`, `${key}/${own.place}/added`],
    ['cp', `root/${own.place}/MLmodel`, `${key}/${other.place}/MLmodel`],
    ['rm', `${key}/${other.place}/MLmodel`],
    ['mb', `${key}/another`],
    ['admin', 'user', 'list', key],
  ];
}

export const keyOf = ({ team }: TeamModel) => `team-${team}`;

/** Where its token is shown, and what it is told. */
export const visits = (own: TeamModel, other: TeamModel): Readonly<Record<string, number>> => ({
  [urlOf(hostOfTeam(other), other.namespace, other.model)]: 403,
  [urlOf(hostOfTeam(own), other.namespace, other.model)]: 404,
  [urlOf(originOf('models'), 'ml-models', 'mlflow-wine')]: 403,
  [urlOf(originOf('models'), other.namespace, other.model)]: 404,
  [`${originOf('mlflow')}/api/2.0/mlflow/experiments/search?max_results=1`]: 403,
  [`${originOf('app')}/`]: 403,
});
