/** The real Seldon operator, as the Deployment of the manifests says and with the rights of its account. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from '../cluster/build/parts';
import { nothingForbidden } from '../cluster/checks';
import { type Cluster, HOST, until } from '../cluster/cluster';
import { type Environment, ofKind } from '../cluster/environments';
import type { Container, KubernetesObject } from '../cluster/objects';
import { POD_ACCOUNT, writeSecret } from './in-place-of-pods';

export const NAMESPACE = 'seldon-system';
const DEPLOYMENT = 'seldon-controller-manager';
const ACCOUNT = 'seldon-manager';
/** Where the operator has its certificate; a path in its code. */
const CERTIFICATES = '/tmp/k8s-webhook-server/serving-certs';

interface Manager extends KubernetesObject {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly ManagerContainer[] } } };
}

interface Certificate extends KubernetesObject {
  readonly spec: { readonly secretName: string };
}

interface ManagerContainer extends Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
}

/** Starts it, and waits until its webhook answers. */
export async function startOperator(
  cluster: Cluster,
  env: Environment,
  parts: Parts,
  { hasCertManager = false } = {},
): Promise<string> {
  const found = await cluster.get<Manager>('-n', NAMESPACE, 'deployment', DEPLOYMENT);
  const [container] = found.spec.template.spec.containers;
  if (!container) throw new Error(`${DEPLOYMENT} has no container`);
  const token = await tokenOf(cluster);
  // The one that comes from elsewhere is that of the namespace.
  const variables = container.env.map(({ name, value = '', valueFrom }) => [name, valueFrom ? NAMESPACE : value]);
  if (hasCertManager) await certificate(cluster, env);
  else if (ofKind(env, 'Certificate').length > 0) await playCertManager(cluster, env);
  await claims(cluster, env);
  mkdirSync(POD_ACCOUNT, { recursive: true });
  cpSync(cluster.file('certificates/apiserver.crt'), join(POD_ACCOUNT, 'ca.crt'));
  writeFileSync(join(POD_ACCOUNT, 'token'), token);
  writeFileSync(join(POD_ACCOUNT, 'namespace'), NAMESPACE);
  const server = { KUBERNETES_SERVICE_HOST: HOST, KUBERNETES_SERVICE_PORT: '6443' };
  cluster.launch(join(parts.seldon, 'manager'), container.args, { ...Object.fromEntries(variables), ...server });
  await until('the operator refuses a model without predictors', 60, async () => {
    const bad = {
      apiVersion: 'machinelearning.seldon.io/v1',
      kind: 'SeldonDeployment',
      metadata: { name: 'none', namespace: 'ml-models' },
      spec: { predictors: [] },
    };
    const { stderr } = await cluster.kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(bad));
    return stderr.includes('Graph contains no predictors') ? undefined : stderr;
  });
  return 'its webhook answers';
}

/** What the operator logs in with, as long as its account is there. */
export async function tokenOf(cluster: Cluster): Promise<string> {
  return (await cluster.run(['create', 'token', '-n', NAMESPACE, ACCOUNT, '--duration=2h'])).trim();
}

/** Its account may do all that it tried; it looks for credentials in the accounts of models, and goes on without. */
export const operatorWasAllowed = (cluster: Cluster): string =>
  nothingForbidden(cluster.log('manager'), 'CredentialBulder');

/** Puts the webhook's certificate where its pod would have it, where the environment leaves that to cert-manager. */
async function certificate(cluster: Cluster, env: Environment): Promise<void> {
  const wanted = ofKind<Certificate>(env, 'Certificate').find(({ metadata }) => metadata.namespace === NAMESPACE);
  if (wanted) await writeSecret(cluster, NAMESPACE, wanted.spec.secretName, CERTIFICATES);
}

/** Makes the webhook's certificate, as cert-manager does where the environment leaves it to that, and it does not run. */
async function playCertManager(cluster: Cluster, env: Environment): Promise<void> {
  mkdirSync(CERTIFICATES, { recursive: true });
  const host = `seldon-webhook-service.${NAMESPACE}.svc`;
  const files = ['-keyout', `${CERTIFICATES}/tls.key`, '-out', `${CERTIFICATES}/tls.crt`];
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...subject], { stdio: 'ignore' });
  const caBundle = readFileSync(`${CERTIFICATES}/tls.crt`).toString('base64');
  const patch = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: caBundle }];
  for (const { kind, metadata } of ofKind(env, 'ValidatingWebhookConfiguration'))
    await cluster.run(['patch', kind, metadata.name, '--type=json', '-p', JSON.stringify(patch)]);
}

/** The volumes that models name and somebody else makes. */
async function claims(cluster: Cluster, env: Environment): Promise<void> {
  const models = ofKind(env, 'SeldonDeployment');
  const names = [...JSON.stringify(models).matchAll(/"claimName":"([^"]+)"/g)].map(([, name]) => name);
  if (names.length === 0) return;
  await cluster.create(
    ...[...new Set(names)].map((name) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'ml-models' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    })),
  );
}
