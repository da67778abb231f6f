/** What an environment for production is refused for. */
import { stringify } from 'yaml';
import { environmentsIn, problemsIn } from '../../support/environments';
import { PRODUCTION } from '../../support/production';

const PLATFORM = 'environments/test/platform.yaml';
const MODEL = 'environments/test/models/mlflow-wine.yaml';
const model = {
  server: 'MLFLOW_SERVER',
  uri: 's3://models/a',
  replicas: 2,
  form: { inputs: [{ name: 'pH' }] },
};

const filesOf = (changes: object, file: object) => ({
  'test/platform.yaml': stringify({ ...PRODUCTION, ...changes }),
  'test/models/mlflow-wine.yaml': stringify(file),
});
const faults = (changes: object, file: object = model) => problemsIn(filesOf(changes, file));

test('what production demands is enough', () => {
  expect(environmentsIn(filesOf({}, model))).toHaveLength(1);
});

const DRAINED = 'and a node that is drained would end the service; set 2 or more';

test.each<[string, object, ...string[]]>([
  [
    'images that are kept',
    { images: { ...PRODUCTION.images, pullPolicy: 'IfNotPresent' } },
    'images.pullPolicy: is IfNotPresent; set Always: profile is production',
  ],
  [
    'images of which nothing is said',
    { images: { ...PRODUCTION.images, pullPolicy: undefined } },
    'images.pullPolicy: is IfNotPresent; set Always: profile is production',
  ],
  [
    'one image that is kept',
    {
      images: {
        ...PRODUCTION.images,
        overrides: { ...PRODUCTION.images.overrides, training: { pullPolicy: 'Never' } },
      },
    },
    'images.overrides.training.pullPolicy: is Never; remove it, and set images.pullPolicy: Always: profile is production',
  ],
  [
    'images by their tags alone',
    { images: { ...PRODUCTION.images, requireDigests: false } },
    'images.requireDigests: is false; set true, and run "npx ml-platform images <env> --lock": profile is production',
  ],
  ['one pod of MLflow', { mlflow: {} }, `mlflow.replicas: is 1, ${DRAINED}: profile is production`],
  ['one pod of the front end', { frontend: {} }, `frontend.replicas: is 1, ${DRAINED}: profile is production`],
  [
    'one pod of the operator',
    { seldon: {} },
    `seldon.replicas: is 1, ${DRAINED}, and seldon.certificates: cert-manager: profile is production`,
  ],
  [
    'users of the node',
    { podSecurity: {} },
    'podSecurity.uids: is fixed, the users of the images; set high, or assigned on OpenShift: profile is production',
  ],
  ['no quotas', { quotas: {} }, 'quotas.enabled: is false; set true: profile is production'],
  ['no priorities', { priorities: {} }, 'priorities.enabled: is false; set true: profile is production'],
  [
    'no policies',
    { networkPolicies: { enabled: false } },
    'networkPolicies.enabled: is false; set true: profile is production',
  ],
  [
    'no backups',
    { postgresql: { ...PRODUCTION.postgresql, backup: {} } },
    'postgresql.backup.enabled: is false; set true: profile is production',
  ],
  [
    'a database that is lost with its node',
    { postgresql: { backup: { enabled: true } } },
    'postgresql.kind: is embedded, one pod with one volume; set cloudNativePg or external: profile is production',
  ],
  [
    'an object store that is lost with its node',
    { objectStore: {} },
    'objectStore.kind: is embedded, one pod with one volume; set distributed, seaweedfs or external: profile is production',
  ],
  [
    'a way in without a certificate, and for everybody',
    { access: { kind: 'gateway', domain: 'ml.test' } },
    'access.tls: is absent; say where certificates come from, such as {issuer: letsencrypt}, or {byGateway: true} for a Gateway that is there: profile is production',
    'access.signIn: is absent, so that everybody comes in; name an issuer of OpenID Connect and who may come in: profile is production',
  ],
  [
    'an acceptance without a reason',
    { accepted: { backups: 'no' } },
    'accepted.backups: must say why, in ten letters or more, not "no", such as "The registry has no digests yet"',
  ],
  [
    'an acceptance of nothing',
    { accepted: { backups: 'Another team makes them' } },
    'accepted.backups: is not needed any more; remove it',
  ],
])('refuses %s', (_, changes, ...lines) => {
  expect(faults(changes)).toEqual(lines.map((line) => `${PLATFORM}: ${line}`));
});

test.each<[string, object, string]>([
  ['one pod', { ...model, replicas: 1 }, `replicas: is 1, ${DRAINED}: profile is production`],
  [
    'an autoscaler that leaves one pod',
    { ...model, replicas: undefined, autoscaling: { max: 3, cpu: 50 } },
    `autoscaling.min: is 1, ${DRAINED}: profile is production`,
  ],
])('refuses a model with %s', (_, file, line) => {
  expect(faults({}, file)).toEqual([`${MODEL}: ${line}`]);
});

describe('with faults of other kinds', () => {
  const wrong = { ...model, replicas: 1 };

  test('what is wrong with the settings is said beside what is wrong with a model', () => {
    expect(faults({ quotas: {} }, wrong)).toEqual([
      `${MODEL}: replicas: is 1, ${DRAINED}: profile is production`,
      `${PLATFORM}: quotas.enabled: is false; set true: profile is production`,
    ]);
  });

  test('a model that cannot be read may be what something was accepted for', () => {
    const accepted = { replicas: 'One node is all that there is' };
    expect(faults({ accepted, quotas: {} }, { ...wrong, replica: 1 })).toEqual([
      expect.stringMatching(new RegExp(`^${MODEL}: replica: unknown field`)),
      `${PLATFORM}: quotas.enabled: is false; set true: profile is production`,
    ]);
  });
});

test('does without what it gives a reason for', () => {
  const accepted = { replicas: 'One node is all that there is' };
  expect(environmentsIn(filesOf({ accepted, mlflow: {} }, { ...model, replicas: 1 }))).toHaveLength(1);
});

test('a starter accepts nothing, since nothing is demanded', () => {
  expect(faults({ profile: 'starter', accepted: { backups: 'Another team makes them' } })).toEqual([
    `${PLATFORM}: accepted.backups: is for profile: production, which alone demands it; remove it`,
  ]);
});

test('several pods of an operator that makes its own certificate are refused', () => {
  expect(faults({ seldon: { replicas: 2 } })).toEqual([
    `${PLATFORM}: seldon.replicas: is 2, and each pod would make a certificate of its own and register it in place of the others'; set seldon.certificates: cert-manager`,
  ]);
});
