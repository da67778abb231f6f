/** Runs pods as a kubelet does, with runc: the manifest's own users, mounts, environment, arguments and probes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get as http, type IncomingMessage } from 'node:http';
import { get as https } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { k8s } from '../../charts/lib/k8s';
import type { StandIn } from '../software/stand-ins';
import { bundleConfig } from './bundle';
import type { Host } from './host';
import type { PodTemplate } from './manifests';
import { Volumes } from './volumes';

/** The classes of cdk8s do not know it. */
interface SleepHook {
  readonly sleep?: { readonly seconds: number };
}

export class Pod {
  private readonly running = new Map<string, { process: ChildProcess; ended: Promise<number>; stopSignal: string }>();
  private readonly folder: string;
  private readonly volumes: Volumes;

  constructor(
    private readonly host: Host,
    private readonly template: PodTemplate,
  ) {
    this.folder = join(host.work, 'pods', template.name);
    // Only what a volume claim holds outlives a pod.
    rmSync(this.folder, { recursive: true, force: true });
    this.volumes = new Volumes(host, template, this.folder);
  }

  get address(): string {
    return this.host.address(this.template);
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
    const { initContainers = [], containers } = this.template.spec;
    let log = '';
    for (const container of [...initContainers, ...containers]) {
      const code = await this.launch(container);
      log += this.log(container.name);
      if (code !== 0) return { code, log };
    }
    return { code: 0, log };
  }

  /** Waits as a kubelet does before it ends containers whose hook is to sleep; they answer meanwhile. */
  async drain(): Promise<void> {
    const hooks = this.template.spec.containers.map(({ lifecycle }) => lifecycle?.preStop as SleepHook | undefined);
    await sleep(1000 * Math.max(0, ...hooks.map((hook) => hook?.sleep?.seconds ?? 0)));
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

  /** Kills a container, and leaves the others. */
  async kill(container: string): Promise<void> {
    this.runc('kill', this.id(container), 'KILL');
    await this.running.get(container)?.ended;
    this.runc('delete', '--force', this.id(container));
    this.running.delete(container);
  }

  /** Starts a container again that was killed, as a kubelet does. */
  async restart(container: string): Promise<void> {
    const found = this.template.spec.containers.find(({ name }) => name === container);
    if (!found) throw new Error(`${this.template.name} has no container ${container}`);
    void this.launch(found);
    await this.ready(found);
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
    const { host, template, volumes } = this;
    const config = bundleConfig({ id: this.id(container.name), host, template, container, image, volumes });
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
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

  private imageOf({ image = '' }: k8s.Container): StandIn {
    const found = [...this.host.images].find(([repository]) => image.startsWith(`${repository}:`));
    if (!found) throw new Error(`there is no stand-in for ${image}`);
    return found[1];
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
      const scheme = httpGet.scheme?.toLowerCase() ?? 'http';
      return answersWell(`${scheme}://${this.address}:${portOf(httpGet.port)}${httpGet.path ?? '/'}`);
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
    return ['--root', join(this.host.work, 'runc')];
  }

  private id(container: string): string {
    return `${this.template.name}-${container}`;
  }

  private runc(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync('runc', [...this.state, ...args], { encoding: 'utf8' });
  }
}

/** As a kubelet asks: by any certificate. */
function answersWell(url: string): Promise<boolean> {
  return new Promise((done) => {
    const answer = ({ statusCode = 500 }: IncomingMessage) => done(statusCode < 400);
    const request = url.startsWith('https:')
      ? https(url, { rejectUnauthorized: false, agent: false }, answer)
      : http(url, { agent: false }, answer);
    request.once('error', () => done(false)).setTimeout(5000, () => request.destroy(new Error('late')));
  });
}

function must(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}
