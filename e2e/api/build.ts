/** Builds Kubernetes, etcd and kwok from their modules, once, into an ignored folder of the checkout. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Folders with the commands that run. */
export interface Parts {
  /** etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kubectl. */
  readonly kubernetes: string;
  /** kwok. */
  readonly node: string;
  /** What kwok makes of nodes and pods: files of its module. */
  readonly stages: readonly string[];
  /** Such as "v1.35.4". */
  readonly version: string;
}

const MODULES = 'e2e/kubernetes';

/** Nodes are ready and pods run at once; the pods of Jobs succeed. */
const STAGES = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
];

/** The minor releases that can be built, oldest first. */
export function versions(project: string): string[] {
  return readdirSync(join(project, MODULES))
    .filter((name) => /^1\.\d+$/.test(name))
    .sort((a, b) => Number(a.slice(2)) - Number(b.slice(2)));
}

export async function buildParts(project: string, minor: string): Promise<Parts> {
  const module = readFileSync(join(project, MODULES, minor, 'go.mod'), 'utf8');
  const version = /^\s*k8s\.io\/kubernetes (v\S+)/m.exec(module)?.[1];
  if (version === undefined) throw new Error(`${MODULES}/${minor}/go.mod does not require k8s.io/kubernetes`);
  const stamp = Object.entries({ gitVersion: version, gitMajor: '1', gitMinor: minor.slice(2) })
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ');
  const node = await build(project, 'node', 'kwok (about two minutes on two cores)', '');
  return {
    version,
    kubernetes: await build(project, minor, `Kubernetes ${version} and etcd (about six minutes on two cores)`, stamp),
    node,
    stages: STAGES.map((stage) => join(node, stage.replaceAll('/', '-'))),
  };
}

/** @returns the folder of the built commands, named by what they were built from */
async function build(project: string, name: string, what: string, stamp: string): Promise<string> {
  const module = join(project, MODULES, name);
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(module, file)));
  const cache = join(project, '.cache/e2e');
  const folder = join(cache, `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return join(folder, 'bin');

  console.error(`building ${what}`);
  const start = Date.now();
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(join(cache, 'building-'));
  const progress = setInterval(() => {
    console.error(`  building ${name}, ${Math.round((Date.now() - start) / 1000)} s`);
  }, 30_000);
  // An interrupted build leaves nothing but what Go itself keeps.
  const discard = () => rmSync(temporary, { recursive: true, force: true });
  process.once('exit', discard);
  const end = (signal: NodeJS.Signals) => process.exit(signal === 'SIGINT' ? 130 : 143);
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    // "providerless" leaves out the cloud providers that older releases still had inside.
    const flags = ['-trimpath', '-buildvcs=false', '-tags', 'providerless', '-ldflags', `-s -w ${stamp}`];
    await run('go', ['build', ...flags, '-o', `${temporary}/bin/`, 'tool'], module);
    if (existsSync(join(temporary, 'bin/server')))
      renameSync(join(temporary, 'bin/server'), join(temporary, 'bin/etcd'));
    if (name === 'node') {
      const kwok = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], { cwd: module });
      const stages = join(kwok.toString().trim(), 'kustomize/stage');
      for (const stage of STAGES) cpSync(join(stages, stage), join(temporary, 'bin', stage.replaceAll('/', '-')));
    }
    rename(temporary, folder);
  } finally {
    clearInterval(progress);
    process.off('SIGINT', end).off('SIGTERM', end).off('exit', discard);
    discard();
  }
  console.error(`  built in ${Math.round((Date.now() - start) / 1000)} s`);
  return join(folder, 'bin');
}

/** Another run may have built the same in the meantime, and may be using it. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args[0]} failed in ${cwd}`)),
    );
  });
}
