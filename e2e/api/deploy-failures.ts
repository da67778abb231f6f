/** Deployments that cannot succeed: each stops at the object that is planted, and says what a reader needs. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../cluster/cluster';
import type { List, Pod } from '../cluster/objects';
import { type Deployment, expectMl } from './deploy-runs';

const NAMESPACE = 'mlflow';
/** The stage that gets what is planted, and the one after it, which must not be applied. */
const STAGE = '40-tracking';

/** No node has it, so that a pod stays as the test writes it. */
const NOWHERE = { 'example.com/nowhere': 'true' };

const metadata = (name: string) => ({
  name,
  namespace: NAMESPACE,
  labels: { 'app.kubernetes.io/managed-by': 'cdk8s' },
});

const pod = (name: string) => ({
  metadata: { labels: { planted: name } },
  spec: {
    restartPolicy: 'Always',
    nodeSelector: NOWHERE,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'planted',
        image: 'registry.example.com/planted:1',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
});

const deployment = (name: string, template: object = pod(name)) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadata(name),
  spec: { selector: { matchLabels: { planted: name } }, template },
});

/** Deploys with one more file, and takes it away again. */
async function planted(target: Deployment, object: object, body: () => Promise<unknown>): Promise<void> {
  const { env, cluster } = target;
  const folder = join(env.folder, STAGE);
  const file = join(folder, 'planted.yaml');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(object));
  try {
    await body();
  } finally {
    await cluster.kubectl(['delete', '-f', file, '--ignore-not-found']);
    rmSync(file);
  }
}

const deploy = (target: Deployment) => ['deploy', target.env.name, '--timeout', '60s'];

/** Writes what a kubelet would say of a pod's container, once the pod is there. */
async function saysKubelet(
  { cluster }: Deployment,
  name: string,
  waiting: object,
  restartCount: number,
): Promise<void> {
  await until('the planted pod is there', 60, async () => {
    const { items } = await cluster.get<List<Pod>>('-n', NAMESPACE, 'pods', '-l', `planted=${name}`);
    const [found] = items;
    if (!found) return 'it is not';
    const image = 'registry.example.com/planted:1';
    const container = { name: 'planted', image, imageID: '', ready: false, restartCount, state: { waiting } };
    const patch = JSON.stringify({ status: { containerStatuses: [container] } });
    const args = ['patch', 'pod', '-n', NAMESPACE, found.metadata.name, '--subresource=status', '--type=merge'];
    await cluster.run([...args, '--patch', patch]);
    return undefined;
  });
}

/** A Job that ends without success. */
export async function failingJob(target: Deployment): Promise<string> {
  const template = { ...pod('job'), spec: { ...pod('job').spec, restartPolicy: 'Never' } };
  const spec = { backoffLimit: 0, activeDeadlineSeconds: 2, template };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: metadata('planted-job'), spec };
  await planted(target, job, () =>
    expectMl(
      target,
      deploy(target),
      1,
      /40-tracking: Job mlflow\/planted-job.* does not get ready: DeadlineExceeded/,
      /its last events:\n.*Job planted-job/,
      /kubectl delete job -n mlflow planted-job/,
      /not applied: (50-models|60-apps)/,
      /run again: npx ml-platform deploy minikube/,
    ),
  );
  return 'it stops with its events, and says how to run the Job again';
}

/** A pod whose image is not there. */
export async function missingImage(target: Deployment): Promise<string> {
  const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "registry.example.com/planted:1"' };
  await planted(target, deployment('no-image'), async () => {
    const running = expectMl(
      target,
      deploy(target),
      1,
      /Deployment mlflow\/no-image \(pod no-image-.*\) does not get ready: ImagePullBackOff: Back-off pulling/,
      /its last events:/,
      /the node cannot pull the image/,
    );
    await Promise.all([running, saysKubelet(target, 'no-image', waiting, 0)]);
  });
  return 'it stops once the kubelet has said so for a while';
}

/** A container that ends again and again. */
export async function crashLoop(target: Deployment): Promise<string> {
  const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' };
  await planted(target, deployment('crashes'), async () => {
    const running = expectMl(
      target,
      deploy(target),
      1,
      /Deployment mlflow\/crashes .*does not get ready: CrashLoopBackOff/,
    );
    for (const restarts of [1, 2, 3, 4]) {
      await saysKubelet(target, 'crashes', waiting, restarts);
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
    await running;
  });
  return 'it stops after some restarts, and not at the first';
}

/** Pods that Pod Security refuses, which the API server says of their Deployment only in a warning. */
export async function refusedPod(target: Deployment): Promise<string> {
  const template = pod('refused');
  const [container] = template.spec.containers;
  const privileged = { ...container, securityContext: { privileged: true } };
  const object = deployment('refused', { ...template, spec: { ...template.spec, containers: [privileged] } });
  await planted(target, object, () =>
    expectMl(
      target,
      deploy(target),
      1,
      /Deployment mlflow\/refused does not get ready: FailedCreate.*violates PodSecurity/,
    ),
  );
  return 'it stops, and says what Pod Security does not admit';
}

/** What the API server does not take. */
export async function refusedObject(target: Deployment): Promise<string> {
  const object = { ...deployment('unknown'), spec: { ...deployment('unknown').spec, replica: 1 } };
  await planted(target, object, () =>
    expectMl(
      target,
      deploy(target),
      1,
      /40-tracking: the API server refuses it\n.*\n?.*field not declared/,
      /what to do:/,
    ),
  );
  return 'it stops at once, with what the API server says';
}
