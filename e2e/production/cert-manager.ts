/** cert-manager in pods, as its release installs it. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { NAMESPACE, PROGRAMS, webhookAnswers } from '../api/cert-manager';
import { applyRelease } from '../api/in-place-of-pods';
import type { CertManagerParts } from '../cluster/build/cert-manager';
import type { Cluster } from '../cluster/cluster';
import type { Container, KubernetesObject } from '../cluster/objects';
import { installedObjects, wasAllowed } from '../database/operator';
import type { FurtherImage } from '../node/oci-images';

interface Deployment extends KubernetesObject {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}

/** The images that its release names, each with its program. */
export function certManagerImages({ bin, manifest }: CertManagerParts, work: string): Record<string, FurtherImage> {
  const folder = join(work, 'layers/cert-manager');
  mkdirSync(folder, { recursive: true });
  for (const program of Object.values(PROGRAMS)) cpSync(join(bin, program), join(folder, program));
  const objects = installedObjects(manifest);
  const images = Object.entries(PROGRAMS).map(([name, program]) => {
    const deployment = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name);
    const image = (deployment as Deployment | undefined)?.spec.template.spec.containers[0]?.image;
    if (image === undefined) throw new Error(`${manifest} has no Deployment ${name} with an image`);
    return [image, { folder, entrypoint: [`/${program}`], user: '1000' }] as const;
  });
  return Object.fromEntries(images);
}

export async function installCertManagerPods(cluster: Cluster, { manifest }: CertManagerParts): Promise<string> {
  const objects = await applyRelease(cluster, manifest);
  for (const name of Object.keys(PROGRAMS))
    await cluster.run(['rollout', 'status', '-n', NAMESPACE, `deployment/${name}`, '--timeout=5m']);
  await webhookAnswers(cluster);
  return `${objects} objects in the cluster; its webhook answers`;
}

/** Its three accounts may do all that they tried. */
export async function certManagerPodsWereAllowed(cluster: Cluster): Promise<string> {
  const said = await Promise.all(
    Object.keys(PROGRAMS).map(
      async (deployment) => `${deployment}: ${await wasAllowed(cluster, { namespace: NAMESPACE, deployment })}`,
    ),
  );
  return said.join('; ');
}
