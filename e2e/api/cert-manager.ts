/** The real cert-manager, as its release installs it, and with the rights of its accounts. */
import { join } from 'node:path';
import type { CertManagerParts } from '../cluster/build/cert-manager';
import { type Cluster, until } from '../cluster/cluster';
import type { Environment } from '../cluster/environments';
import { type KubernetesObject, type List, title } from '../cluster/objects';
import { applyRelease, runInPlaceOfPods, wereAllowed } from './in-place-of-pods';

export const NAMESPACE = 'cert-manager';

/** Its Deployments, and the programs of their images. */
export const PROGRAMS = {
  'cert-manager': 'controller',
  'cert-manager-webhook': 'webhook',
  'cert-manager-cainjector': 'cainjector',
} as const;

/** @param gateways whether it is told to look after Gateways, whose types have to be there */
export async function installCertManager(
  cluster: Cluster,
  { bin, manifest }: CertManagerParts,
  { gateways }: { readonly gateways: boolean },
): Promise<string> {
  const objects = await applyRelease(cluster, manifest);
  for (const [deployment, program] of Object.entries(PROGRAMS)) {
    const args = program === 'controller' && gateways ? ['--enable-gateway-api'] : [];
    await runInPlaceOfPods(cluster, { namespace: NAMESPACE, deployment, file: join(bin, program), args });
  }
  await webhookAnswers(cluster);
  return `${objects} objects; its webhook answers`;
}

export async function webhookAnswers(cluster: Cluster): Promise<void> {
  await until('its webhook refuses a Certificate without names', 120, async () => {
    const bad = {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'none', namespace: 'default' },
      spec: { secretName: 'none', issuerRef: { name: 'none' } },
    };
    const said = await cluster.kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(bad));
    return /at least one of/i.test(said.stderr) ? undefined : said.stderr;
  });
}

/** The issuers that the environment names and somebody else has made: here, each signs for itself. */
export async function issuersOutside(cluster: Cluster, env: Environment): Promise<void> {
  const named = env.objects.flatMap(({ metadata: { namespace, annotations = {} } }) => {
    const { 'cert-manager.io/cluster-issuer': ofCluster, 'cert-manager.io/issuer': own } = annotations;
    if (ofCluster !== undefined) return [{ kind: 'ClusterIssuer', metadata: { name: ofCluster } }];
    return own === undefined ? [] : [{ kind: 'Issuer', metadata: { name: own, namespace } }];
  });
  const brought = new Set(env.objects.map(title));
  const issuers = new Map(
    named.map((one) => {
      const issuer = { apiVersion: 'cert-manager.io/v1', ...one, spec: { selfSigned: {} } };
      return [title(issuer), issuer] as const;
    }),
  );
  const missing = [...issuers].filter(([name]) => !brought.has(name)).map(([, issuer]) => issuer);
  if (missing.length > 0) await cluster.create(...missing);
}

interface Certificate extends KubernetesObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}

/** Every Certificate of the environment, and what Gateways ask for, is issued. */
export async function certificatesIssued(cluster: Cluster, env: Environment): Promise<string> {
  const names: string[] = [];
  await until('every certificate is issued', 120, async () => {
    const { items } = await cluster.get<List<Certificate>>('-A', 'certificates.cert-manager.io');
    const open = items.flatMap((certificate) => {
      const ready = certificate.status?.conditions?.find(({ type }) => type === 'Ready');
      return ready?.status === 'True' ? [] : [`${title(certificate)}: ${ready?.message ?? 'not yet looked at'}`];
    });
    names.splice(0, names.length, ...items.map(title));
    const missing = wanted(env).filter((name) => !names.includes(name));
    return [...open, ...missing].join('; ') || undefined;
  });
  return `${names.length} certificates`;
}

interface Gateway extends KubernetesObject {
  readonly spec: {
    readonly listeners: readonly {
      readonly tls?: { readonly certificateRefs?: readonly { readonly name: string }[] };
    }[];
  };
}

/** Certificates, and one for each Secret that a listener of a Gateway names. */
function wanted({ objects }: Environment): string[] {
  return objects.flatMap((object) => {
    if (object.kind === 'Certificate') return [title(object)];
    if (object.kind !== 'Gateway' || !JSON.stringify(object).includes('cert-manager.io/')) return [];
    const secrets = (object as Gateway).spec.listeners.flatMap(({ tls }) => tls?.certificateRefs ?? []);
    return secrets.map(({ name }) => title({ ...object, kind: 'Certificate', metadata: { ...object.metadata, name } }));
  });
}

/** Its three accounts have the rights that they need. */
export const certManagerWasAllowed = (cluster: Cluster) => wereAllowed(cluster, Object.keys(PROGRAMS));
