/** What MLflow's pod has where it has users of its own: a container that makes them, and more options of the server. */

import type { Construct } from 'constructs';
import type { ContainerProps, Resources, Variables } from '../../lib/container';
import type { Image } from '../../lib/image';
import { k8s } from '../../lib/k8s';
import type { RequiredSecret } from '../../lib/secret';
import { configMapVolume, type Mount, secretVolume, tmp } from '../../lib/volumes';
import { type DatabaseAccess, databaseMounts, mlflowEnv } from '../database';
import { COUNTED } from '../metrics';
import metricsScript from '../metrics.py';
import { ADMIN, type AuthProps, authConfig } from './auth';
import usersScript from './users.py';

/** What the containers of a pod find of MLflow's users. */
export interface AuthFiles extends AuthProps {
  /** The passwords of users. */
  readonly passwords: RequiredSecret;
  /** What the server signs its form with. */
  readonly formKey: RequiredSecret;
  readonly files: k8s.KubeConfigMap;
  /** Whether somebody asks for the metrics. */
  readonly measured: boolean;
}

const FILES_PATH = '/etc/mlflow-auth';
const CONFIG = 'basic_auth.ini';
const USERS_PATH = '/run/secrets/mlflow-users';

export function authFiles(scope: Construct, auth: AuthProps, measured: boolean): k8s.KubeConfigMap {
  return new k8s.KubeConfigMap(scope, 'auth', {
    metadata: { name: 'mlflow-auth' },
    data: {
      [CONFIG]: authConfig(auth),
      'users.py': usersScript,
      ...(measured && { 'metrics.py': metricsScript }),
    },
  });
}

/** The volume with all of these files. */
export const authVolume = ({ files }: Pick<AuthFiles, 'files'>) => configMapVolume('auth', files);
const mounted = (auth: AuthFiles): Mount => ({ volume: authVolume(auth), path: FILES_PATH });
const CONFIGURED: Variables = { MLFLOW_AUTH_CONFIG_PATH: `${FILES_PATH}/${CONFIG}` };

/** What the server has more. */
export function ofServer(auth: AuthFiles) {
  return {
    args: ['--app-name=basic-auth'],
    env: CONFIGURED,
    envFrom: [{ secretRef: { name: auth.formKey.name } }],
    mounts: [mounted(auth), ...(auth.measured ? [COUNTED] : [])],
  } satisfies Partial<ContainerProps>;
}

interface UsersContainerProps extends DatabaseAccess {
  readonly image: Image;
  readonly resources: Resources;
}

export function usersContainer(props: UsersContainerProps, auth: AuthFiles): ContainerProps {
  const { passwords, users } = auth;
  const folders = users.flatMap(({ name, folder }) => (folder === undefined ? [] : [`${name}=${folder}`]));
  return {
    name: 'mlflow-users',
    image: props.image,
    command: ['python', `${FILES_PATH}/users.py`],
    env: {
      ...mlflowEnv(props),
      ...CONFIGURED,
      USERS_FOLDER: USERS_PATH,
      ADMIN: ADMIN.name,
      MANAGERS: users.flatMap(({ name, manager }) => (manager ? [name] : [])).join(' '),
      ...(folders.length > 0 && { FOLDERS: folders.join(' ') }),
    },
    resources: props.resources,
    mounts: [
      mounted(auth),
      { volume: secretVolume('users', passwords, ...Object.keys(passwords.data)), path: USERS_PATH },
      ...databaseMounts(props),
      tmp(),
    ],
  };
}
