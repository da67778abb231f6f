/** The set-up script of the object store, with an mc that notes what it is asked; the loop runs it with a real one. */
import setupScript from '../../../charts/object-store/setup.sh';
import { runScript, SCRIPT_TIMEOUT, type ScriptResult } from '../../support/scripts';

jest.setTimeout(SCRIPT_TIMEOUT);

/** Notes its arguments, and its input where it is given a key; answers about users with $INFO. */
const MC = `#!/bin/sh
echo "$*" >>"$RUN/commands"
case "$*" in
  *"alias set"*) cat >>"$RUN/input"; echo >>"$RUN/tries"; [ "$(wc -l <"$RUN/tries")" -ge "\${READY_AFTER:-1}" ] ;;
  *"user add"*) cat >>"$RUN/input" ;;
  *"user info"*) printf '%s' "$INFO" ;;
  *"policy attach"*) echo >>"$RUN/attached"; [ "$(wc -l <"$RUN/attached")" -ge "\${KNOWN_AFTER:-1}" ] ;;
esac
`;

const run = (env: Record<string, string>) =>
  runScript({
    script: setupScript,
    programs: { mc: MC, sleep: '#!/bin/sh\necho "$1" >>"$RUN/slept"\n' },
    files: { root: 'root-x', word: 'root-secret', 'keys/user-x': 'secret-x', 'keys/user-y': 'secret-y' },
    env: {
      STORE_URL: 'http://store.test:1234',
      BUCKETS: 'bucket-x bucket-y',
      GRANTS: 'user-x=policy-r user-y=policy-w',
      ROOT_USER_FILE: '$RUN/root',
      ROOT_PASSWORD_FILE: '$RUN/word',
      KEYS_FOLDER: '$RUN/keys',
      POLICIES_FOLDER: '/policies',
      INFO: '{"policyName":""}',
      ...env,
    },
  });
const commandsOf = ({ files }: ScriptResult) => (files.commands ?? '').trimEnd().split('\n');

let fresh: ScriptResult;
beforeAll(async () => {
  fresh = await run({});
});

test('makes private buckets, and a user with its policy for each key', () => {
  expect(fresh.status).toBe(0);
  const user = (name: string, policy: string) => [
    `--quiet admin policy create store ${policy} /policies/${policy}.json`,
    '--quiet admin user add store',
    `--json admin user info store ${name}`,
    `--quiet admin policy attach store ${policy} --user ${name}`,
  ];
  expect(commandsOf(fresh)).toEqual([
    '--quiet alias set store http://store.test:1234 --api S3v4',
    '--quiet mb --ignore-existing store/bucket-x',
    '--quiet anonymous set none store/bucket-x',
    '--quiet mb --ignore-existing store/bucket-y',
    '--quiet anonymous set none store/bucket-y',
    ...user('user-x', 'policy-r'),
    ...user('user-y', 'policy-w'),
  ]);
});

test('gives mc every key on its input, and shows none on a command line or in its output', () => {
  expect(fresh.files.input).toBe('root-x\nroot-secret\nuser-x\nsecret-x\nuser-y\nsecret-y\n');
  expect(`${fresh.files.commands}${fresh.output}`).not.toContain('secret');
});

test('attaches no policy a second time, which mc calls an error', async () => {
  const again = await run({ INFO: '{"policyName":"policy-r"}' });
  expect(again.status).toBe(0);
  expect(commandsOf(again).filter((command) => command.includes('attach'))).toEqual([
    '--quiet admin policy attach store policy-w --user user-y',
  ]);
});

test('tries all steps of a user again while a server does not know of them yet', async () => {
  const { status, files, output } = await run({ GRANTS: 'user-x=policy-r', KNOWN_AFTER: '3' });
  expect([status, files.slept]).toEqual([0, '5\n5\n']);
  expect(files.commands?.match(/policy create/g)).toHaveLength(3);
  expect(output).toContain('user user-x has policy policy-r');
});

test('gives up after a minute, and says which user has not got its policy', async () => {
  const { status, files, output } = await run({ KNOWN_AFTER: '1000' });
  expect(status).toBe(1);
  expect(files.slept?.trimEnd().split('\n')).toHaveLength(11);
  expect(output).toContain('user user-x cannot be given policy policy-r');
  expect(files.commands).not.toContain('policy-w');
});

test('waits until the store answers', async () => {
  const { status, files } = await run({ READY_AFTER: '3' });
  expect([status, files.slept]).toEqual([0, '5\n5\n']);
});

test('gives up after ten minutes without an answer, and says where it looked', async () => {
  const { status, files, output } = await run({ READY_AFTER: '1000' });
  expect(status).toBe(1);
  expect(files.slept?.trimEnd().split('\n')).toHaveLength(119);
  expect(output).toContain('no object store at http://store.test:1234');
  expect(files.commands).not.toContain('mb');
});
