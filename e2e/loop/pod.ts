/** Runs pods as a kubelet does, with runc: the manifest's own users, mounts, environment, arguments and probes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { k8s } from 'cdk8s-plus-27';
import { SOFTWARE, type StandIn } from '../software/stand-ins';
import type { Manifests, PodTemplate } from './manifests';

/** The control group below which all containers are. */
export const CGROUP = 'ml-loop';

/** What is the same for every pod. */
export interface Node {
  /** A folder that is gone after the run: volumes, root filesystems, logs. */
  readonly work: string;
  /** The folder of the installed software, which every container has at SOFTWARE. */
  readonly software: string;
  readonly manifests: Manifests;
  readonly images: ReadonlyMap<string, StandIn>;
  /** The address of a pod; all share one network namespace. */
  address(pod: PodTemplate): string;
}

export class Pod {
  private readonly running = new Map<string, { process: ChildProcess; ended: Promise<number>; stopSignal: string }>();
  private readonly folder: string;

  constructor(
    private readonly node: Node,
    private readonly template: PodTemplate,
  ) {
    this.folder = join(node.work, 'pods', template.name);
    // Only what a volume claim holds outlives a pod.
    rmSync(this.folder, { recursive: true, force: true });
    for (const volume of template.spec.volumes ?? []) this.makeVolume(volume);
  }

  get address(): string {
    return this.node.address(this.template);
  }

  /**
   * Runs the init containers one after the other, then starts the others, and waits until all are ready.
   * @throws Error with the end of the log when a container ends, or is not ready within the limits of its probes
   */
  async start(): Promise<this> {
    const { initContainers = [], containers } = this.template.spec;
    for (const container of initContainers) {
      const code = await this.launch(container);
      if (code !== 0) throw new Error(`${container.name} ended with ${code}:\n${this.log(container.name)}`);
    }
    for (const container of containers) void this.launch(container);
    for (const container of containers) await this.ready(container);
    return this;
  }

  /** Runs to the end, as the pod of a Job does. */
  async complete(): Promise<{ code: number; log: string }> {
    const [container] = this.template.spec.containers;
    if (!container) throw new Error(`${this.template.name} has no container`);
    const code = await this.launch(container);
    return { code, log: this.log(container.name) };
  }

  /** Ends it as a kubelet does: the image's stop signal, and SIGKILL after the grace period. */
  async stop(signal?: 'KILL'): Promise<void> {
    const grace = (this.template.spec.terminationGracePeriodSeconds ?? 30) * 1000;
    for (const [name, { ended, stopSignal }] of this.running) {
      this.runc('kill', this.id(name), signal ?? stopSignal);
      if ((await Promise.race([ended, sleep(grace, 'late' as const, { ref: false })])) === 'late') {
        this.runc('kill', this.id(name), 'KILL');
        await ended;
      }
      this.runc('delete', '--force', this.id(name));
    }
    this.running.clear();
  }

  /** Runs a command in the first container. */
  exec(...command: string[]): { status: number | null; stdout: string; stderr: string } {
    const [container] = this.template.spec.containers;
    return this.runc('exec', this.id(container?.name ?? ''), ...command);
  }

  log(container: string): string {
    return readFileSync(join(this.folder, `${container}.log`), 'utf8');
  }

  /** Starts a container; the promise is of its exit code. */
  private launch(container: k8s.Container): Promise<number> {
    const bundle = join(this.folder, 'bundles', container.name);
    const image = this.imageOf(container);
    for (const name of ['upper', 'work', 'rootfs']) mkdirSync(join(bundle, name), { recursive: true });
    const layers = `lowerdir=${image.layer}:/,upperdir=${join(bundle, 'upper')},workdir=${join(bundle, 'work')}`;
    must('mount', '-t', 'overlay', 'overlay', '-o', layers, join(bundle, 'rootfs'));
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(this.bundleConfig(container, image)));
    const log = openSync(join(this.folder, `${container.name}.log`), 'a');
    const child = spawn('runc', [...this.state, 'run', '--bundle', bundle, this.id(container.name)], {
      stdio: ['ignore', log, log],
    });
    const ended = once(child, 'exit').then(([code]) => {
      must('umount', '--lazy', join(bundle, 'rootfs'));
      return Number(code);
    });
    this.running.set(container.name, { process: child, ended, stopSignal: image.stopSignal ?? 'SIGTERM' });
    return ended;
  }

  private bundleConfig(container: k8s.Container, image: StandIn): object {
    const pod = this.template.spec.securityContext ?? {};
    const own = container.securityContext ?? {};
    if (own.capabilities?.drop?.join() !== 'ALL') throw new Error(`${container.name} keeps capabilities`);
    const args = [
      ...(container.command ?? image.entrypoint),
      ...(container.args ?? (container.command ? [] : image.cmd)),
    ];
    const mount = (destination: string, source: string, readonly: boolean) => ({
      destination,
      source,
      type: 'bind',
      options: ['rbind', readonly ? 'ro' : 'rw'],
    });
    return {
      ociVersion: '1.0.2',
      root: { path: 'rootfs', readonly: own.readOnlyRootFilesystem === true },
      process: {
        user: { ...this.user(container, image), additionalGids: pod.fsGroup ? [pod.fsGroup] : [] },
        args,
        cwd: container.workingDir ?? image.cwd,
        env: Object.entries({ ...image.env, ...this.environment(container) }).map(
          ([name, value]) => `${name}=${value}`,
        ),
        noNewPrivileges: own.allowPrivilegeEscalation === false,
        capabilities: { bounding: [], effective: [], permitted: [] },
      },
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
        { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'mode=1777', 'size=64m'] },
        mount('/etc/hosts', join(this.node.work, 'hosts'), true),
        ...(container.volumeMounts ?? []).map(({ name, mountPath, readOnly }) =>
          mount(mountPath, this.volumePath(name), readOnly === true),
        ),
        mount(SOFTWARE, this.node.software, true),
      ],
      linux: {
        cgroupsPath: `/${CGROUP}/${this.id(container.name)}`,
        namespaces: [{ type: 'pid' }, { type: 'ipc' }, { type: 'mount' }],
      },
    };
  }

  /** The container's own setting goes before the pod's, and that before the image's. */
  private user({ name, securityContext = {} }: k8s.Container, image: StandIn): { uid: number; gid: number } {
    const pod = this.template.spec.securityContext ?? {};
    const [user = 0, group = 0] = (image.user ?? '')
      .split(':')
      .filter((part) => part !== '')
      .map(Number);
    const uid = securityContext.runAsUser ?? pod.runAsUser ?? user;
    if ((securityContext.runAsNonRoot ?? pod.runAsNonRoot) === true && uid === 0)
      throw new Error(`${name} would run as root`);
    return { uid, gid: securityContext.runAsGroup ?? pod.runAsGroup ?? group };
  }

  private environment({ env = [], envFrom = [] }: k8s.Container): Record<string, string> {
    const result: Record<string, string> = {};
    for (const { secretRef } of envFrom) {
      if (secretRef?.name)
        Object.assign(result, this.node.manifests.data('Secret', this.template.namespace, secretRef.name));
    }
    for (const { name, value, valueFrom } of env) {
      const text = valueFrom?.fieldRef?.fieldPath === 'status.podIP' ? this.address : (value ?? '');
      result[name] = text.replace(/\$\((\w+)\)/g, (whole, other: string) => result[other] ?? whole);
    }
    return result;
  }

  private imageOf({ image = '' }: k8s.Container): StandIn {
    const found = [...this.node.images].find(([repository]) => image.startsWith(`${repository}:`));
    if (!found) throw new Error(`there is no stand-in for ${image}`);
    return found[1];
  }

  private makeVolume(volume: k8s.Volume): void {
    const { name, configMap, secret, emptyDir } = volume;
    const { manifests } = this.node;
    const { namespace, spec } = this.template;
    const folder = this.volumePath(name);
    mkdirSync(folder, { recursive: true });
    const group = spec.securityContext?.fsGroup ?? 0;
    const source = configMap ?? secret;
    if (emptyDir) {
      chownSync(folder, 0, group);
      chmodSync(folder, 0o2777);
    } else if (source) {
      const texts = configMap
        ? manifests.data('ConfigMap', namespace, configMap.name ?? '')
        : manifests.data('Secret', namespace, secret?.secretName ?? '');
      const items = source.items ?? Object.keys(texts).map((key) => ({ key, path: key }));
      for (const { key, path } of items) {
        const text = texts[key];
        if (text === undefined) throw new Error(`${namespace}: volume ${name} has no key ${key}`);
        const file = join(folder, path);
        writeFileSync(file, text);
        chownSync(file, 0, group);
        chmodSync(file, source.defaultMode ?? 0o644);
      }
    } else if (!('downwardAPI' in volume)) {
      // Annotations of the pod, which no server here reads, are left out; anything else would be missed.
      throw new Error(`volume ${name} is of a kind that is not run here`);
    }
  }

  /** A claim of a StatefulSet is not among the pod's volumes. */
  private volumePath(name: string): string {
    if (this.template.spec.volumes?.some((volume) => volume.name === name)) return join(this.folder, 'volumes', name);
    const claim = join(this.node.work, 'claims', this.template.name, name);
    if (!existsSync(claim)) {
      mkdirSync(claim, { recursive: true });
      chownSync(claim, 0, this.template.spec.securityContext?.fsGroup ?? 0);
      chmodSync(claim, 0o2775);
    }
    return claim;
  }

  /** Waits for the startup probe, then for the readiness probe. */
  private async ready(container: k8s.Container): Promise<void> {
    const ended = this.running.get(container.name)?.ended;
    for (const probe of [container.startupProbe, container.readinessProbe]) {
      if (!probe) continue;
      const { failureThreshold = 3, periodSeconds = 10 } = probe;
      const deadline = Date.now() + failureThreshold * periodSeconds * 1000;
      while (!(await this.probe(container, probe))) {
        const code = await Promise.race([ended, sleep(500)]);
        if (code !== undefined) throw new Error(`${container.name} ended with ${code}:\n${this.log(container.name)}`);
        if (Date.now() > deadline) throw new Error(`${container.name} is not ready:\n${this.log(container.name)}`);
      }
    }
  }

  private async probe(container: k8s.Container, { httpGet, tcpSocket, exec }: k8s.Probe): Promise<boolean> {
    const portOf = (port: k8s.IntOrString) =>
      container.ports?.find(({ name }) => name === String(port))?.containerPort ?? Number(port);
    if (exec) return this.runc('exec', this.id(container.name), ...(exec.command ?? [])).status === 0;
    if (httpGet) {
      const url = `http://${this.address}:${portOf(httpGet.port)}${httpGet.path ?? '/'}`;
      return fetch(url).then(
        ({ ok }) => ok,
        () => false,
      );
    }
    const socket = connect(portOf(tcpSocket?.port ?? ('' as never)), this.address);
    return new Promise((done) => {
      socket.once('connect', () => done(true)).once('error', () => done(false));
    }).then((open) => {
      socket.destroy();
      return open === true;
    });
  }

  private get state(): string[] {
    return ['--root', join(this.node.work, 'runc')];
  }

  private id(container: string): string {
    return `${this.template.name}-${container}`;
  }

  private runc(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync('runc', [...this.state, ...args], { encoding: 'utf8' });
  }
}

function must(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}
