/** The migration script of MLflow, with stand-ins for the driver and for mlflow; the loop runs it with the real ones. */
import migrateScript from '../../../charts/mlflow/migrate.py';
import { describePython, runScript, SCRIPT_TIMEOUT } from '../../support/scripts';

jest.setTimeout(SCRIPT_TIMEOUT);

/** Refuses as many logins as $REFUSALS says, and notes what it is asked. */
const PSYCOPG2 = `import os
class OperationalError(Exception): pass
left = int(os.environ["REFUSALS"])
def note(text):
    with open(os.environ["RUN"] + "/calls", "a") as calls: print(text, file=calls)
def connect(dsn, connect_timeout):
    global left
    left -= 1
    if left >= 0: raise OperationalError("starting up")
    note(f"connect {dsn!r}")
    return Lock()
class Info:
    def parameter_status(self, name): return {"server_encoding": os.environ["ENCODING"]}[name]
class Lock:
    autocommit = False
    info = Info()
    def cursor(self): return self
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def execute(self, sql, values): note(f"{sql} autocommit={self.autocommit}")
`;
/** Time passes only by sleeping. */
const CLOCK = `import time
now = [0]
time.monotonic = lambda: now[0]
time.sleep = lambda seconds: now.__setitem__(0, now[0] + seconds)
`;

const run = (refusals: number, exit = 0, encoding = 'UTF8') =>
  runScript({
    script: migrateScript,
    interpreter: 'python3',
    programs: { mlflow: `#!/bin/sh\necho "mlflow $*" >>"$RUN/calls"\nexit ${exit}\n` },
    files: { 'modules/psycopg2.py': PSYCOPG2, 'modules/sitecustomize.py': CLOCK },
    env: {
      PYTHONPATH: '$RUN/modules',
      REFUSALS: String(refusals),
      ENCODING: encoding,
      MLFLOW_BACKEND_STORE_URI: 'dialect+driver://',
    },
  });

describePython('the migration script', () => {
  test('upgrades the store that it is told, under a lock that no transaction holds', async () => {
    const { status, files } = await run(0);
    expect(status).toBe(0);
    expect(files.calls?.trimEnd().split('\n')).toEqual([
      "connect ''",
      'SELECT pg_advisory_lock(%s) autocommit=True',
      'mlflow db upgrade dialect+driver://',
    ]);
  });

  test('passes on how the upgrade ends', async () => {
    expect((await run(0, 7)).status).toBe(7);
  });

  test('makes no tables where not every text can be kept', async () => {
    const { status, output, files } = await run(0, 0, 'SQL_ASCII');
    expect(status).toBe(1);
    expect(output).toContain("the database keeps text as SQL_ASCII; make it anew with: ENCODING 'UTF8' TEMPLATE");
    expect(files.calls).toBe("connect ''\n");
  });

  test('waits for the database', async () => {
    const { status, output } = await run(3);
    expect(status).toBe(0);
    expect(output.match(/waiting for the database: starting up/g)).toHaveLength(3);
  });

  test('gives up after ten minutes, without an upgrade', async () => {
    const { status, output, files } = await run(1_000_000);
    expect(status).toBe(1);
    expect(output).toContain('cannot log in to the database: starting up');
    expect(output.match(/waiting/g)).toHaveLength(201);
    expect(files.calls).toBeUndefined();
  });
});
