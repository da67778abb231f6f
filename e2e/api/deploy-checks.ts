/** `ml-platform deploy`, `status` and `doctor` on a real API server. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from '../cluster/build/parts';
import { type Check, type Checks, same } from '../cluster/checks';
import { Cluster } from '../cluster/cluster';
import { finished } from '../cluster/commands';
import { startingEnvironment } from '../cluster/environments';
import type { KubernetesObject } from '../cluster/objects';
import { Repository } from '../cluster/repository';
import { diagnosis } from '../cluster/workloads';
import { crashLoop, failingJob, missingImage, refusedObject, refusedPod } from './deploy-failures';
import { type Deployment, expectMl, ml, OperatorKeeper, secretsOf } from './deploy-runs';
import { contents, differ, interruptions } from './interruptions';
import { prepare, startKwok } from './kwok-node';

/** Interruptions of a deployment. */
const INTERRUPTIONS = 20;

export async function checkDeployment(checks: Checks, project: string, work: string, parts: Parts): Promise<void> {
  console.error(`starting Kubernetes ${parts.version} for deploy, status and doctor`);
  const repository = Repository.init(project, join(work, 'deployed'));
  const env = startingEnvironment(repository);
  const folder = mkdtempSync(join(work, 'cluster-'));
  const cluster = await Cluster.start(parts, folder, (started) => startKwok(started, parts));
  const deployment: Deployment = { cluster, env, project };
  let keeper: OperatorKeeper | undefined;
  try {
    const steps: Check[] = [
      ['a cluster with a node', () => prepare(cluster, env, project, parts)],
      ['doctor finds what a cluster lacks', () => doctorFinds(deployment)],
      ['deploy names the Secrets that are missing, and applies nothing', () => secretsAreNamed(deployment)],
      [
        'deploy from empty',
        async () => {
          keeper = new OperatorKeeper(deployment, parts);
          return fromEmpty(deployment);
        },
      ],
      ['deploy once more changes nothing', () => changesNothing(deployment)],
      ['status finds a change by hand', () => statusFinds(deployment)],
      ['a Job that fails stops it', () => failingJob(deployment)],
      ['a missing image stops it', () => missingImage(deployment)],
      ['a crash loop stops it', () => crashLoop(deployment)],
      ['pods that are refused stop it', () => refusedPod(deployment)],
      ['an object that is refused stops it', () => refusedObject(deployment)],
      ['prune removes a model and nothing else', () => modelIsPruned(deployment, repository)],
      ['prune keeps namespaces, claims and what others have', () => guardsHold(deployment, repository)],
      [
        'a deployment that is interrupted ends in the same cluster',
        () => interruptions(deployment, readFileSync(cluster.file('secrets.yaml'), 'utf8'), INTERRUPTIONS),
      ],
    ];
    for (const [name, look] of steps) {
      if (await checks.check(`deploy: ${name}`, look)) continue;
      console.error(await diagnosis(cluster));
      break;
    }
  } finally {
    await keeper?.stop();
    await cluster.stop();
  }
}

async function doctorFinds(deployment: Deployment): Promise<string> {
  const { cluster, env } = deployment;
  const doctor = (code: number, ...says: RegExp[]) => expectMl(deployment, ['doctor', env.name], code, ...says);
  await doctor(
    0,
    /ok {6}version: Kubernetes v1/,
    /ok {6}types: /,
    /ok {6}rights: you may do all \d+ things/,
    /warning secrets: \d of \d Secrets are not there yet/,
    /warning storage: StorageClass standard, the default one, does not let volumes grow/,
    /ok {6}room: there is room/,
    /ok {6}architecture: the nodes are of amd64/,
    /ok {6}pod security: /,
    /warning policies: NetworkPolicies may be ignored/,
    /ok {6}dns: the NetworkPolicies admit/,
  );
  const annotation = 'storageclass.kubernetes.io/is-default-class';
  const planted: readonly (readonly [plant: string[], lacks: RegExp, mend: string[]])[] = [
    [
      ['annotate', 'storageclass', 'standard', `${annotation}-`],
      /fault {3}storage: no StorageClass is the default one/,
      ['annotate', 'storageclass', 'standard', `${annotation}=true`],
    ],
    [['cordon', 'node'], /fault {3}room: the cluster has no node that takes pods/, ['uncordon', 'node']],
    [
      ['label', 'node', 'node', 'kubernetes.io/arch=arm64', '--overwrite'],
      /fault {3}architecture: the nodes are of arm64/,
      ['label', 'node', 'node', 'kubernetes.io/arch=amd64', '--overwrite'],
    ],
  ];
  for (const [plant, lacks, mend] of planted) {
    await cluster.run(plant);
    await doctor(1, lacks, /-> /);
    await cluster.run(mend);
  }
  await cluster.run(['label', 'pod', '-n', 'kube-system', 'kube-system', 'k8s-app-']);
  await doctor(0, /warning dns: the NetworkPolicies admit a DNS in kube-system/);
  await cluster.run(['label', 'pod', '-n', 'kube-system', 'kube-system', 'k8s-app=kube-dns']);
  const enforcer = ['create', '-n', 'kube-system', '-f', '-'];
  await cluster.run(enforcer, JSON.stringify(daemonSet('quay.io/cilium/cilium:v1.18')));
  await doctor(0, /ok {6}policies: .*there is Cilium/);
  await cluster.run(['delete', '-n', 'kube-system', 'daemonset', 'network']);
  await whileRendered(deployment, '10-setup/planted.yaml', MONITOR, () =>
    doctor(
      1,
      /fault {3}types: the cluster does not know PodMonitor \(monitoring.coreos.com\/v1\), which the Prometheus Operator brings/,
    ),
  );
  await whileRendered(deployment, '30-data/planted.yaml', HUGE, () => doctor(1, /fault {3}room: there is not room/));
  const nobody = await ml(deployment, 'doctor', env.name, '--context', 'none');
  same(nobody.code, 1);
  return `${planted.length + 5} lacks, each with what to do`;
}

const MONITOR = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PodMonitor',
  metadata: { name: 'planted', namespace: 'mlflow' },
};
const HUGE = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'huge', namespace: 'mlflow' },
  spec: {
    replicas: 2,
    template: { spec: { containers: [{ name: 'a', resources: { requests: { memory: '64Gi' } } }] } },
  },
};
const daemonSet = (image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'network' },
  spec: {
    selector: { matchLabels: { app: 'network' } },
    template: {
      metadata: { labels: { app: 'network' } },
      spec: { containers: [{ name: 'agent', image }], nodeSelector: { none: 'none' } },
    },
  },
});

/** While dist/ has one more file. */
async function whileRendered(
  { env }: Deployment,
  path: string,
  object: object,
  body: () => Promise<unknown>,
): Promise<void> {
  const file = join(env.folder, path);
  writeFileSync(file, JSON.stringify(object));
  try {
    await body();
  } finally {
    rmSync(file);
  }
}

async function secretsAreNamed(deployment: Deployment): Promise<string> {
  const { cluster, env } = deployment;
  const before = await contents(cluster);
  await expectMl(
    deployment,
    ['deploy', env.name],
    1,
    /the cluster lacks \d+ Secrets .*:\n {2}minio-system\/minio\n/,
    /npx ml-platform deploy minikube --only 10-setup\n/,
    /npx ml-platform secrets minikube --existing - \| kubectl create -f -/,
    /nothing was applied/,
  );
  differ(before, await contents(cluster));
  return 'with the commands that make them';
}

async function fromEmpty(deployment: Deployment): Promise<string> {
  const { cluster, env } = deployment;
  await expectMl(deployment, ['deploy', env.name, '--dry-run'], 0, /are new, in a namespace or of a type/);
  await expectMl(deployment, ['deploy', env.name, '--only', '10-setup'], 0);
  const secrets = await secretsOf(deployment);
  writeFileSync(cluster.file('secrets.yaml'), secrets);
  await cluster.run(['create', '-f', '-'], secrets);
  const start = Date.now();
  await expectMl(deployment, ['deploy', env.name], 0, new RegExp(`${env.objects.length} objects applied and ready`));
  await expectMl(deployment, ['status', env.name], 0, /objects are as .* says, and ready/);
  return `${env.objects.length} objects in ${Math.round((Date.now() - start) / 1000)} s`;
}

async function changesNothing(deployment: Deployment): Promise<string> {
  const { cluster, env } = deployment;
  const versions = async () => {
    const { items } = await cluster.get<{ items: KubernetesObject[] }>(
      ...env.stages.flatMap((stage) => ['-f', join(env.folder, stage)]),
    );
    return items.map(({ metadata }) => metadata.resourceVersion);
  };
  const before = await versions();
  await expectMl(deployment, ['deploy', env.name], 0);
  const dry = await ml(deployment, 'deploy', env.name, '--dry-run');
  same(dry.stdout, '');
  same(await versions(), before);
  return `${before.length} objects stay as they are`;
}

async function statusFinds(deployment: Deployment): Promise<string> {
  const { cluster, env } = deployment;
  const status = (code: number, ...says: RegExp[]) => expectMl(deployment, ['status', env.name], code, ...says);
  await cluster.run(['scale', '-n', 'fe', 'deployment/fe-deployment', '--replicas=2']);
  await status(1, /60-apps: Deployment fe\/fe-deployment: differs: spec.replicas: dist\/ has 1, the cluster 2/);
  await expectMl(
    deployment,
    ['deploy', env.name, '--only', '60-apps', '--timeout', '5s'],
    1,
    /conflict/,
    /--force-conflicts/,
  );
  await expectMl(deployment, ['deploy', env.name, '--only', '60-apps', '--force-conflicts'], 0);
  await status(0);
  await cluster.run(['delete', '-n', 'mlflow', 'service', 'mlflow']);
  await status(1, /40-tracking: Service mlflow\/mlflow: missing: /);
  const { stdout } = await ml(deployment, 'status', env.name, '--output', 'json');
  const { findings } = JSON.parse(stdout) as { findings: { state: string; object: { name: string } }[] };
  same(
    findings.map(({ state, object }) => [state, object.name]),
    [['missing', 'mlflow']],
  );
  await expectMl(deployment, ['deploy', env.name, '--only', '40-tracking'], 0);
  await status(0);
  return 'a number, and an object that is gone; deploy puts both back';
}

/** The keys of all objects. */
const namesIn = async (cluster: Cluster) => [...(await contents(cluster)).keys()];

async function modelIsPruned(deployment: Deployment, repository: Repository): Promise<string> {
  const { cluster, env } = deployment;
  const model = join(repository.environment(), 'models/xgb-wine-k8s.yaml');
  const text = readFileSync(model, 'utf8');
  const before = await namesIn(cluster);
  rmSync(model);
  finished(repository.command('synth'));
  await expectMl(deployment, ['status', env.name], 1, /SeldonDeployment ml-models\/xgb-wine-k8s: left over/);
  await expectMl(
    deployment,
    ['deploy', env.name],
    0,
    /still in the cluster:\n {2}SeldonDeployment ml-models\/xgb-wine-k8s\n/,
  );
  await expectMl(
    deployment,
    ['deploy', env.name, '--prune'],
    2,
    /to remove: SeldonDeployment ml-models\/xgb-wine-k8s\n/,
    /add --yes/,
  );
  await expectMl(deployment, ['deploy', env.name, '--prune', '--yes'], 0, /1 object removed/);
  await expectMl(deployment, ['status', env.name], 0);
  const after = await namesIn(cluster);
  const gone = before.filter((name) => !after.includes(name));
  if (!gone.every((name) => name.includes('xgb-wine-k8s'))) throw new Error(`these are gone, too: ${gone.join(', ')}`);
  writeFileSync(model, text);
  finished(repository.command('synth'));
  await expectMl(deployment, ['deploy', env.name], 0);
  same((await namesIn(cluster)).sort(), before.sort());
  return `${gone.length} objects, all of them the model's; it comes back with its file`;
}

async function guardsHold(deployment: Deployment, repository: Repository): Promise<string> {
  const { cluster, env } = deployment;
  const settings = join(repository.environment(), 'platform.yaml');
  const text = readFileSync(settings, 'utf8');
  const prune = (code: number, flags: readonly string[], ...says: RegExp[]) =>
    expectMl(deployment, ['deploy', env.name, '--yes', ...flags], code, ...says);
  writeFileSync(settings, `${text}\npostgresql: {backup: {enabled: true}}\n`);
  finished(repository.command('synth'));
  await prune(0, []);
  // Somebody else's, in a namespace of this environment.
  const foreign = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'foreign', namespace: 'fe' } };
  await cluster.create(foreign, inventoryOf('another', foreign.metadata));
  await cluster.run([
    'label',
    '-n',
    'fe',
    'configmap',
    'foreign',
    'app.kubernetes.io/part-of=ml-platform',
    'app.kubernetes.io/managed-by=cdk8s',
  ]);
  // Synth is told that both are meant to go.
  const removed = 'removed: [PersistentVolumeClaim postgres/postgresql-backup, Namespace fe]';
  writeFileSync(settings, `${text}\nfrontend: {enabled: false}\n${removed}\n`);
  finished(repository.command('synth'));
  await prune(
    0,
    ['--prune'],
    /to remove: CronJob postgres\/postgresql-backup/,
    /stays: PersistentVolumeClaim postgres\/postgresql-backup; data goes with it: --prune-volumes/,
    /stays: Namespace fe; everything in it goes with it: --prune-namespaces/,
  );
  await cluster.run(['get', 'namespace', 'fe']);
  await cluster.run(['get', '-n', 'postgres', 'pvc', 'postgresql-backup']);
  await cluster.run(['get', '-n', 'fe', 'configmap', 'foreign']);
  const flags = ['--prune-volumes', '--prune-namespaces'];
  await prune(
    0,
    flags,
    /removes PersistentVolumeClaim/,
    /stays: Namespace fe; another environment has ConfigMap fe\/foreign/,
  );
  await cluster.run(['delete', '-n', 'default', 'configmap', 'another']);
  await prune(0, flags, /removes Namespace fe/);
  writeFileSync(settings, text);
  finished(repository.command('synth'));
  await prune(0, []);
  await expectMl(deployment, ['status', env.name], 0);
  return 'each goes with its own flag only';
}

/** What another environment lists as its own. */
const inventoryOf = (name: string, { namespace, name: member }: { namespace: string; name: string }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace: 'default',
    labels: {
      'app.kubernetes.io/part-of': 'ml-platform',
      'app.kubernetes.io/component': 'inventory',
      'app.kubernetes.io/instance': name,
    },
  },
  data: { 'v1.ConfigMap': `${namespace}/${member}\n` },
});
