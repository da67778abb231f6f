/** The script that makes MLflow's users, with stand-ins for the driver and for MLflow's store; the loop runs the real ones. */
import usersScript from '../../../charts/mlflow/auth/users.py';
import { describePython, runScript, SCRIPT_TIMEOUT } from '../../support/scripts';

jest.setTimeout(SCRIPT_TIMEOUT);

const NOTE = `import os
def note(text):
    with open(os.environ["RUN"] + "/calls", "a") as calls: print(text, file=calls)
`;
const PSYCOPG2 = `from note import note
def connect(dsn, connect_timeout): return Lock()
class Lock:
    def cursor(self): return self
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def execute(self, sql, values): note(sql)
`;
/** Knows "known", whose password is "right". */
const STORE = `from note import note
class auth_config: database_uri = "dialect+driver://"
class store:
    def init_db(uri): note(f"tables {uri}")
    def has_user(name): return name != "new"
    def authenticate_user(name, password): return password == "right"
    def create_user(name, password): note(f"create {name} {password}")
    def update_user(name, password=None, is_admin=None): note(f"update {name} {password} {is_admin}")
    def grant_user_permission(*grant): note("grant " + " ".join(grant))
`;

/** Knows the experiment "theirs", whose files are elsewhere, and "old". */
const EXPERIMENTS = `from note import note
from types import SimpleNamespace
places = {"1": "mlflow-artifacts:/1", "2": "mlflow-artifacts:/rooms/o/2"}
class SqlAlchemyStore:
    def __init__(self, uri, root): self.root = root; note(f"experiments {uri} {root}")
    def get_experiment_by_name(self, name):
        number = {"theirs": "1", "old": "2"}.get(name)
        return number and SimpleNamespace(experiment_id=number)
    def get_experiment(self, number): return SimpleNamespace(artifact_location=places[number])
    def create_experiment(self, name):
        note(f"make {name}")
        places["3"] = self.root + "/3"
        return "3"
`;

const run = async (users: Readonly<Record<string, string>>, managers = '', folders = '') => {
  const { status, files } = await runScript({
    script: usersScript,
    interpreter: 'python3',
    files: {
      'modules/note.py': NOTE,
      'modules/psycopg2.py': PSYCOPG2,
      'modules/mlflow/server/auth.py': STORE,
      'modules/mlflow/store/tracking/sqlalchemy_store.py': EXPERIMENTS,
      ...Object.fromEntries(Object.entries(users).map(([name, password]) => [`users/${name}`, password])),
    },
    env: {
      PYTHONPATH: '$RUN/modules',
      USERS_FOLDER: '$RUN/users',
      ADMIN: 'root-x',
      MANAGERS: managers,
      ...(folders && { FOLDERS: folders }),
    },
  });
  expect(status).toBe(0);
  return files.calls?.trimEnd().split('\n');
};
const FIRST = ['SELECT pg_advisory_lock(%s)', 'tables dialect+driver://'];

describePython("the users' script", () => {
  test('makes a user that is not there, one run at a time, after the tables', async () => {
    expect(await run({ new: 'pass' })).toEqual([...FIRST, 'create new pass', 'update new None False']);
  });

  test('gives one that is there the password of the Secret', async () => {
    expect(await run({ known: 'other' })).toEqual([...FIRST, 'update known other None', 'update known None False']);
  });

  test('leaves a password that is right', async () => {
    expect(await run({ known: 'right' })).toEqual([...FIRST, 'update known None False']);
  });

  test('has one administrator', async () => {
    expect(await run({ 'root-x': 'right' })).toEqual([...FIRST, 'update root-x None True']);
  });

  test('lets managers delete in every experiment', async () => {
    expect(await run({ known: 'right' }, 'known')).toEqual([
      ...FIRST,
      'update known None False',
      'grant known experiment * MANAGE',
    ]);
  });

  describe('gives a user with a folder an experiment whose files are there', () => {
    const ofKnown = [...FIRST, 'update known None False', 'experiments dialect+driver:// mlflow-artifacts:/'];

    test('which it makes, after that of everybody', async () => {
      expect(await run({ known: 'right' }, '', 'known=rooms/k')).toEqual([
        ...ofKnown,
        'experiments dialect+driver:// mlflow-artifacts:/rooms/k',
        'make known',
        'grant known experiment 3 MANAGE',
      ]);
    });

    test('or which is there', async () => {
      expect(await run({ known: 'right' }, '', 'old=rooms/o')).toEqual([
        ...ofKnown,
        'experiments dialect+driver:// mlflow-artifacts:/rooms/o',
        'grant old experiment 2 MANAGE',
      ]);
    });

    test('but not one that somebody else has made by that name', async () => {
      expect(await run({ known: 'right' }, '', 'theirs=rooms/t')).toEqual([
        ...ofKnown,
        'experiments dialect+driver:// mlflow-artifacts:/rooms/t',
      ]);
    });
  });

  test('takes no file of Kubernetes for a user', async () => {
    expect(await run({ '..data': 'x', known: 'right' })).toEqual([...FIRST, 'update known None False']);
  });
});
