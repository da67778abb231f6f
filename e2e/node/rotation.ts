/** The rotation of each credential, as docs/operations.md has it. */
import { join } from 'node:path';
import { run } from '../cluster/commands';
import { blocksOf, followBlock } from './follow';
import type { RunningPlatform } from './running-platform';

/** A login: whom, with what; and whether the server takes it. */
interface Login {
  readonly name: string;
  readonly user: string;
  readonly password: string;
  readonly accepted: () => Promise<boolean>;
}

/** PostgreSQL's superuser and MLflow's role. */
export const postgresql = (platform: RunningPlatform) =>
  rotated(platform, 0, async () => {
    const secret = await platform.secret('postgres', 'postgresql');
    return ['postgres', 'mlflow'].map((user) => {
      const password = secret[`${user}-password`] ?? '';
      // By the pod's address: the socket and localhost ask for no password.
      const ask = `PGPASSWORD='${password}' psql -h "$(hostname -i)" -U ${user} -d mlflowdb -Atc 'select 1'`;
      const arguments_ = ['exec', '-n', 'postgres', 'postgresql-0', '--', 'sh', '-c', ask];
      const accepted = async () => (await platform.props.cluster.kubectl(arguments_)).code === 0;
      return { name: `role ${user}`, user, password, accepted };
    });
  });

/** The object store's root credential. */
export const objectStoreRoot = (platform: RunningPlatform) =>
  rotated(platform, 1, async () => {
    const { 'root-user': user = '', 'root-password': password = '' } = await platform.secret('minio-system', 'minio');
    return [objectStoreLogin(platform, user, password)];
  });

/** The keys of MLflow and of the models. */
export const objectStoreKeys = (platform: RunningPlatform) =>
  rotated(platform, 2, async () =>
    Object.entries(await platform.secret('minio-system', 'minio-users')).map(([user, password]) =>
      objectStoreLogin(platform, user, password),
    ),
  );

function objectStoreLogin(platform: RunningPlatform, user: string, password: string): Login {
  const { software, work } = platform.props;
  const accepted = () =>
    platform.forward('minio-system', 'svc/minio', '9000', async () => {
      const login = { MC_HOST_store: `http://${user}:${password}@localhost:9000` };
      const args = ['--config-dir', join(work, 'mc'), 'ls', 'store/models'];
      return run(join(software.minio, 'mc'), args, work, login).status === 0;
    });
  return { name: `user ${user}`, user, password, accepted };
}

/**
 * Follows a block of "Rotate passwords".
 * @throws Error where an old password is still taken, or a new one is not
 */
async function rotated(platform: RunningPlatform, index: number, logins: () => Promise<Login[]>): Promise<string> {
  const block = blocksOf(platform, 'Rotate passwords')[index];
  if (!block) throw new Error('docs/operations.md has fewer rotations than there were');
  const before = await logins();
  await followBlock(platform, block);
  const after = await logins();
  for (const old of before) {
    const fresh = after.find(({ name }) => name === old.name);
    if (fresh === undefined || fresh.password === old.password) throw new Error(`${old.name} has its old password`);
    if (await old.accepted()) throw new Error(`the old password of ${old.name} is still taken`);
    if (!(await fresh.accepted())) throw new Error(`the new password of ${old.name} is not taken`);
  }
  return `${before.map(({ name }) => name).join(', ')}: the old one is refused, the new one is taken`;
}
