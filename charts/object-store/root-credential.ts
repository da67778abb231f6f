import { Credential, RequiredSecret, secretText } from '../lib/secret';
import { type Mount, secretVolume } from '../lib/volumes';

const FOLDER = '/run/secrets/minio';
const USER_KEY = 'root-user';
const PASSWORD_KEY = 'root-password';

/**
 * The root credential of the object store, as files.
 *
 * To the server a file that is missing means minioadmin/minioadmin. The volume lists its keys, so that a Secret without
 * them keeps the pod from starting.
 */
export class RootCredential {
  readonly secret: RequiredSecret;
  /** Puts both files into a container. */
  readonly mount: Mount;
  /** Where a container with that mount has the name. */
  readonly userFile = `${FOLDER}/${USER_KEY}`;
  /** Where a container with that mount has the password. */
  readonly passwordFile = `${FOLDER}/${PASSWORD_KEY}`;

  constructor(namespace: string) {
    this.secret = new RequiredSecret({
      namespace,
      name: 'minio',
      purpose: 'Root credential of the object store',
      data: {
        [USER_KEY]: secretText`minio-root`,
        [PASSWORD_KEY]: secretText`${new Credential('MINIO_ROOT_PASSWORD', 'Root of the object store')}`,
      },
    });
    this.mount = { volume: secretVolume('root-credential', this.secret, USER_KEY, PASSWORD_KEY), path: FOLDER };
  }
}
