/** Programs of Deployments as processes, since no container starts: with the arguments, variables, files and rights of a pod. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nothingForbidden } from '../cluster/checks';
import { type Cluster, HOST, list, until } from '../cluster/cluster';
import type { KubernetesObject } from '../cluster/objects';
import { installedObjects } from '../database/operator';

/** Where programs in pods look for the account they run as. */
export const POD_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** What a run has for itself, so that folders may be made there. */
const OURS = /^\/(run|var\/run|tmp)\//;

interface Deployment extends KubernetesObject {
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly serviceAccountName: string;
  readonly containers: readonly {
    readonly args?: readonly string[];
    readonly env?: readonly Variable[];
    readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes?: readonly { readonly name: string; readonly secret?: SecretVolume }[];
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}

interface SecretVolume {
  readonly secretName: string;
  readonly optional?: boolean;
}

interface Files {
  readonly secret: SecretVolume;
  readonly mountPath: string;
  /** Where they are here. */
  readonly folder: string;
}

export interface Program {
  readonly namespace: string;
  readonly deployment: string;
  /** The file that its image would have. */
  readonly file: string;
  /** What comes after its own arguments. */
  readonly args?: readonly string[];
}

/** Applies what a release of another project installs, and waits for its types. @returns how many objects */
export async function applyRelease(cluster: Cluster, manifest: string): Promise<number> {
  const objects = installedObjects(manifest);
  await cluster.applyForeign('-', list(objects));
  await cluster.established('crd', '--all');
  return objects.length;
}

/** By their logs, the accounts of programs may do all that these tried. */
export const wereAllowed = (cluster: Cluster, deployments: readonly string[]): string =>
  nothingForbidden(deployments.map((name) => cluster.log(name)).join('\n'));

/** Starts it, by the name of its Deployment, and waits until it has its files. */
export async function runInPlaceOfPods(cluster: Cluster, program: Program): Promise<void> {
  const { namespace, deployment, file, args: more = [] } = program;
  const { spec } = await cluster.get<Deployment>('-n', namespace, 'deployment', deployment);
  const pod = spec.template.spec;
  const [{ args = [], env = [], volumeMounts = [] } = {}] = pod.containers;
  const folder = cluster.file(`${deployment}.pod`);
  const files = volumeMounts.flatMap(({ name, mountPath }): Files[] => {
    const secret = pod.volumes?.find((volume) => volume.name === name)?.secret;
    return secret ? [{ secret, mountPath, folder: join(folder, name) }] : [];
  });
  const account = await accountOf(cluster, namespace, pod.serviceAccountName, join(folder, 'account'));
  // An optional one may be its own making.
  await write(cluster, namespace, files, ({ optional }) => !optional);
  const mounts = [[account, POD_ACCOUNT], ...files.map((one) => [one.folder, one.mountPath])] as [string, string][];
  const variables = await variablesOf(cluster, namespace, env);
  const said = [...args, ...more].map((arg) =>
    mounts.reduce(
      (text, [here, there]) => text.replace(`=${there}/`, `=${here}/`),
      arg.replace(/\$\((\w+)\)/g, (whole, name) => variables[name] ?? whole),
    ),
  );
  const start = cluster.file(deployment);
  writeFileSync(start, script(mounts, file), { mode: 0o755 });
  const server = { KUBERNETES_SERVICE_HOST: HOST, KUBERNETES_SERVICE_PORT: '6443' };
  cluster.launch(start, said, { PATH: process.env.PATH, ...variables, ...server });
  await write(cluster, namespace, files, ({ optional }) => optional === true);
}

/** Gives the program mounts of its own, as several have their accounts at one path. */
function script(mounts: readonly (readonly [string, string])[], file: string): string {
  const binds = mounts
    .filter(([, there]) => OURS.test(there))
    .map(([here, there]) => `mkdir -p ${here} ${there} && mount --bind ${here} ${there}`);
  return `#!/bin/sh\nexec unshare --mount sh -c '${[...binds, 'exec "$0" "$@"'].join(' && ')}' ${file} "$@"\n`;
}

async function accountOf(cluster: Cluster, namespace: string, name: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const token = await cluster.run(['create', 'token', '-n', namespace, name, '--duration=2h']);
  cpSync(cluster.file('certificates/apiserver.crt'), join(folder, 'ca.crt'));
  writeFileSync(join(folder, 'token'), token.trim());
  writeFileSync(join(folder, 'namespace'), namespace);
  return folder;
}

/** What does not come from a Secret comes from the pod, and is its namespace. */
async function variablesOf(
  cluster: Cluster,
  namespace: string,
  variables: readonly Variable[],
): Promise<Record<string, string>> {
  const pairs = variables.map(async ({ name, value = '', valueFrom }): Promise<[string, string]> => {
    const from = valueFrom?.secretKeyRef;
    if (from) return [name, (await secretData(cluster, namespace, from.name))[from.key] ?? ''];
    return [name, valueFrom ? namespace : value];
  });
  return Object.fromEntries(await Promise.all(pairs));
}

/** Writes the Secrets of volumes, once they are there. */
async function write(
  cluster: Cluster,
  namespace: string,
  files: readonly Files[],
  which: (secret: SecretVolume) => boolean,
): Promise<void> {
  for (const { secret, folder } of files.filter((one) => which(one.secret)))
    await writeSecret(cluster, namespace, secret.secretName, folder);
}

/** Writes each key of a Secret as a file, once it is there. */
export async function writeSecret(cluster: Cluster, namespace: string, name: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [key, value] of Object.entries(await secretData(cluster, namespace, name)))
    writeFileSync(join(folder, key), value);
}

/** The values of a Secret, which may be on its way. */
export async function secretData(cluster: Cluster, namespace: string, name: string): Promise<Record<string, string>> {
  let data: Readonly<Record<string, string>> = {};
  await until(`Secret ${namespace}/${name} is there`, 120, async () => {
    const { code, stdout, stderr } = await cluster.kubectl(['get', '-n', namespace, 'secret', name, '-o', 'json']);
    if (code !== 0) return stderr;
    data = (JSON.parse(stdout) as { readonly data?: Record<string, string> }).data ?? {};
    return undefined;
  });
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
}
