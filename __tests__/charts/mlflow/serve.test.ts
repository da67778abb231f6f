/** How MLflow's server is started, with an mlflow that notes what it is asked. */
import { existsSync } from 'node:fs';
import serveScript from '../../../charts/mlflow/serve.sh';
import { runScript, SCRIPT_TIMEOUT } from '../../support/scripts';

jest.setTimeout(SCRIPT_TIMEOUT);

const argumentsOf = async (workers: string) => {
  const { status, files } = await runScript({
    script: serveScript,
    programs: { mlflow: '#!/bin/sh\nprintf "%s\\n" "$@" >"$RUN/arguments"\n' },
    env: { WORKERS: workers },
  });
  expect(status).toBe(0);
  return files.arguments?.trimEnd().split('\n');
};

test('one worker listens on every address of both kinds, which has no name', async () => {
  expect(await argumentsOf('1')).toEqual(['server', '--host=', '--workers=1']);
});

test('several workers listen on both kinds where there is IPv6', async () => {
  const host = existsSync('/proc/net/if_inet6') ? '::' : '0.0.0.0';
  expect(await argumentsOf('3')).toEqual(['server', `--host=${host}`, '--workers=3']);
});
