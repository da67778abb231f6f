/** The set-up scripts of the object store, with an mc that notes what it is asked; the loop runs them with a real one. */
import againScript from '../../../charts/object-store/again.sh';
import bucketsScript from '../../../charts/object-store/buckets.sh';
import setupScript from '../../../charts/object-store/setup.sh';
import { runScript, SCRIPT_TIMEOUT, type ScriptResult, type ScriptRun } from '../../support/scripts';

jest.setTimeout(SCRIPT_TIMEOUT);

/** Notes its arguments, and its input where it is given any; answers about users with $INFO; fails until it does not. */
const MC = `#!/bin/sh
echo "$*" >>"$RUN/commands"
case "$*" in
  *"alias set"* | *"user add"* | *"ilm import"*) cat >>"$RUN/input" ;;
  *"user info"*) printf '%s' "$INFO" ;;
esac
case "$*" in
  *"$FAILS"*) echo >>"$RUN/failed"; [ "$(wc -l <"$RUN/failed")" -gt "$TIMES" ] ;;
esac
`;

const runWith = (props: Pick<ScriptRun, 'script' | 'files' | 'env'>) =>
  runScript({
    ...props,
    programs: { mc: MC, sleep: '#!/bin/sh\necho "$1" >>"$RUN/slept"\n' },
    files: { 'files/again.sh': againScript, ...props.files },
    env: { FILES_FOLDER: 'files', FAILS: 'nothing', TIMES: '0', ...props.env },
  });
const commandsOf = ({ files }: ScriptResult) => (files.commands ?? '').trimEnd().split('\n');
const pausesOf = ({ files }: ScriptResult) => (files.slept ?? '').split('\n').filter((pause) => pause !== '');

describe('buckets and users', () => {
  const run = (env: Record<string, string> = {}) =>
    runWith({
      script: setupScript,
      files: { root: 'root-x', word: 'root-secret', 'keys/user-x': 'secret-x', 'keys/user-y': 'secret-y' },
      env: {
        STORE_URL: 'http://store.test:1234',
        BUCKETS: 'bucket-x bucket-y',
        GRANTS: 'user-x=policy-r user-y=policy-w',
        ROOT_USER_FILE: '$RUN/root',
        ROOT_PASSWORD_FILE: '$RUN/word',
        KEYS_FOLDER: '$RUN/keys',
        INFO: '{"policyName":""}',
        ...env,
      },
    });

  let fresh: ScriptResult;
  beforeAll(async () => {
    fresh = await run();
  });

  test('makes private buckets, and a user with its policy for each key', () => {
    expect(fresh.status).toBe(0);
    const user = (name: string, policy: string) => [
      `--quiet admin policy create store ${policy} files/${policy}.json`,
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

  test.each(['alias set', 'mb', 'anonymous set', 'policy create', 'user add', 'policy attach'])(
    'tries again where a server that has just started refuses: %s',
    async (FAILS) => {
      const result = await run({ FAILS, TIMES: '2' });
      expect([result.status, pausesOf(result)]).toEqual([0, ['5', '5']]);
    },
  );

  test('makes a policy again that another server does not know', async () => {
    const { files } = await run({ GRANTS: 'user-x=policy-r', FAILS: 'policy attach', TIMES: '1' });
    expect(files.commands?.match(/policy create/g)).toHaveLength(2);
  });

  test('gives up after ten minutes without an answer, and says where it looked', async () => {
    const result = await run({ FAILS: 'alias set', TIMES: '1000' });
    expect([result.status, pausesOf(result).length]).toEqual([1, 119]);
    expect(result.output).toContain('no object store at http://store.test:1234');
    expect(result.files.commands).not.toContain('mb');
  });

  test('gives up on a user after a minute, and says which', async () => {
    const result = await run({ FAILS: 'attach store policy-r', TIMES: '1000' });
    expect([result.status, pausesOf(result).length]).toEqual([1, 11]);
    expect(result.output).toContain('user user-x cannot be given policy policy-r');
    expect(result.files.commands).not.toContain('policy-w');
  });
});

describe('what buckets keep', () => {
  const run = (env: Record<string, string> = {}) =>
    runWith({
      script: bucketsScript,
      files: { 'files/bucket-x.lifecycle.json': 'rules of x', 'files/safe-y.lifecycle.json': 'rules of y' },
      env: { LOCKED: 'safe-y=GOVERNANCE:3d', VERSIONED: 'bucket-x safe-y', ...env },
    });

  test('makes private buckets with a lock, then turns versions on with their lifecycle', async () => {
    const result = await run();
    expect(result.status).toBe(0);
    expect(commandsOf(result)).toEqual([
      '--quiet mb --ignore-existing --with-lock store/safe-y',
      '--quiet anonymous set none store/safe-y',
      '--quiet retention set --default GOVERNANCE 3d store/safe-y',
      '--quiet version enable store/bucket-x',
      '--quiet ilm import store/bucket-x',
      '--quiet version enable store/safe-y',
      '--quiet ilm import store/safe-y',
    ]);
    expect(result.files.input).toBe('rules of xrules of y');
  });

  test.each(['mb', 'anonymous set', 'retention set', 'version enable', 'ilm import'])(
    'tries again where a server that has just started refuses: %s',
    async (FAILS) => {
      const result = await run({ FAILS, TIMES: '2' });
      expect([result.status, pausesOf(result)]).toEqual([0, ['5', '5']]);
    },
  );

  test('fails where a bucket has no lock', async () => {
    const result = await run({ FAILS: 'retention set', TIMES: '1000' });
    expect(result.status).toBe(1);
    expect(result.files.commands).not.toContain('version enable');
  });
});
