/** Builds Kubernetes and etcd. */
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { build, folderOf, MODULES, sourceOf } from './module';

/** A control plane. */
export interface KubernetesParts {
  /** etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl and, of the newest, kubelet and kube-proxy. */
  readonly kubernetes: string;
  /** Such as "v1.35.4". */
  readonly version: string;
}

/** The minor releases that can be built, oldest first. */
export function versions(project: string): string[] {
  return readdirSync(join(project, MODULES))
    .filter((name) => /^1\.\d+$/.test(name))
    .sort((a, b) => Number(a.slice(2)) - Number(b.slice(2)));
}

/** Builds what a control plane is made of. */
export async function buildKubernetes(project: string, minor: string): Promise<KubernetesParts> {
  const version = patchVersion(project, minor);
  const stamp = Object.entries({ gitVersion: version, gitMajor: '1', gitMinor: minor.slice(2) })
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ');
  const kubernetes = await build({
    project,
    name: minor,
    what: `Kubernetes ${version} and etcd (about six minutes on two cores)`,
    stamp,
    finish: (folder) => renameSync(join(folder, 'server'), join(folder, 'etcd')),
  });
  return { kubernetes, version };
}

/** The release of Kubernetes that is built for a minor one, such as "v1.35.4". */
export function patchVersion(project: string, minor: string): string {
  const module = readFileSync(join(folderOf(project, minor), 'go.mod'), 'utf8');
  const version = /^\s*k8s\.io\/kubernetes (v\S+)/m.exec(module)?.[1];
  if (version === undefined) throw new Error(`${MODULES}/${minor}/go.mod does not require k8s.io/kubernetes`);
  return version;
}

/** The folder of the source of Kubernetes, which nothing is built of. */
export const kubernetesSource = (project: string, minor: string): string =>
  sourceOf(folderOf(project, minor), 'k8s.io/kubernetes');
