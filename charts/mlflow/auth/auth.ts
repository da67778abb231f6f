/**
 * MLflow's own users, with passwords and permissions: its app "basic-auth".
 *
 * They are in tables beside those of runs and models, whose version Alembic keeps in a table of its own. So they need no
 * database, are in each backup, and the same login reaches them: the server's. Nobody else has it.
 *
 * Source: mlflow/server/auth of MLflow 3.17.
 */
import { Credential, idOf, RequiredSecret, secretText } from '../../lib/secret';
import { BACKEND_STORE } from '../database';
import type { DEFAULT_PERMISSIONS } from './permissions';

/** A user that a part of the platform signs in as. */
export interface TrackingUser {
  readonly name: string;
  readonly password: Credential;
  /** Whether it may delete in every experiment. @default - it may do what everybody may */
  readonly manager?: boolean;
  /**
   * Where the files of its own experiment are, in the bucket. The experiment has the name of the user.
   * @default - it has none
   */
  readonly folder?: string;
}

export interface AuthProps {
  /** What users may do with what nobody has given them. */
  readonly defaultPermission: (typeof DEFAULT_PERMISSIONS)[number];
  /** Those that sign in beside the administrator. */
  readonly users: readonly TrackingUser[];
}

export const ADMIN: TrackingUser = {
  name: 'admin',
  password: new Credential('MLFLOW_ADMIN_PASSWORD', "MLflow's administrator, who makes users and gives permissions"),
};
export const GC_USER: TrackingUser = {
  name: 'platform-gc',
  password: new Credential('MLFLOW_GC_PASSWORD', "MLflow's user for its clean-up"),
  manager: true,
};
export const TRAINING_USER: TrackingUser = {
  name: 'platform-training',
  password: new Credential('MLFLOW_TRAINING_PASSWORD', "MLflow's user for the training Job"),
};
export const QUALITY_USER: TrackingUser = {
  name: 'platform-quality',
  password: new Credential('MLFLOW_QUALITY_PASSWORD', "MLflow's user for reports on the quality of models"),
};

/**
 * The user of a team.
 * @param folder of the team in the bucket
 */
export const teamUser = (team: string, folder: string): TrackingUser => ({
  name: `team-${team}`,
  password: new Credential(`MLFLOW_TEAM_${idOf(team)}_PASSWORD`, `MLflow's user of the team ${team}`),
  folder,
});

/** The users that MLflow gets when it starts: the name of a key is that of a user. */
export const usersSecret = (namespace: string, users: readonly TrackingUser[]) =>
  new RequiredSecret({
    namespace,
    name: 'mlflow-users',
    purpose: 'Passwords of the users of MLflow that the platform makes',
    data: Object.fromEntries(users.map(({ name, password }) => [name, secretText`${password}`])),
  });

/** What the server signs the form with that makes users; the same in all of its pods. */
export const formKeySecret = (namespace: string) =>
  new RequiredSecret({
    namespace,
    name: 'mlflow-form-key',
    purpose: 'What MLflow signs its form for new users with',
    data: {
      MLFLOW_FLASK_SERVER_SECRET_KEY: secretText`${new Credential('MLFLOW_FORM_KEY', "MLflow's form for new users")}`,
    },
  });

/** How a client signs in: variables of a container, which MLflow's own client reads. */
export const loginSecret = (namespace: string, name: string, user: TrackingUser) =>
  new RequiredSecret({
    namespace,
    name,
    purpose: `How ${user.name} signs in to MLflow`,
    data: { MLFLOW_TRACKING_USERNAME: [user.name], MLFLOW_TRACKING_PASSWORD: secretText`${user.password}` },
  });

/** What a container with such a Secret has more. */
export const signedIn = (login: RequiredSecret | undefined) =>
  login ? { envFrom: [{ secretRef: { name: login.name } }] } : {};

/** The configuration of the app. It has no password: users.py makes the administrator before the server asks for one. */
export const authConfig = ({ defaultPermission }: AuthProps): string =>
  [
    '[mlflow]',
    `default_permission = ${defaultPermission}`,
    `database_uri = ${BACKEND_STORE}`,
    `admin_username = ${ADMIN.name}`,
    '',
  ].join('\n');
