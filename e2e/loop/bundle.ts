/** What a runtime is told of a container: https://github.com/opencontainers/runtime-spec/blob/main/config.md */
import { join } from 'node:path';
import type { k8s } from '../../charts/lib/k8s';
import { SOFTWARE, type StandIn } from '../software/stand-ins';
import { CGROUP, type Host } from './host';
import type { PodTemplate } from './manifests';
import type { Volumes } from './volumes';

export interface BundleProps {
  /** The container's name on this machine. */
  readonly id: string;
  readonly host: Host;
  readonly template: PodTemplate;
  readonly container: k8s.Container;
  readonly image: StandIn;
  readonly volumes: Volumes;
}

/** @throws Error where a kubelet would refuse the container, or a cluster the pod */
export function bundleConfig({ id, host, template, container, image, volumes }: BundleProps): object {
  const pod = template.spec.securityContext ?? {};
  const own = container.securityContext ?? {};
  if (own.capabilities?.drop?.join() !== 'ALL') throw new Error(`${container.name} keeps capabilities`);
  const network = host.network?.(template);
  const variables = environment(host, template, container);
  const args = [
    ...(container.command ?? image.entrypoint),
    ...(container.args ?? (container.command ? [] : image.cmd)),
  ].map((arg) => expanded(arg, variables));
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
      user: { ...user(template, container, image), additionalGids: pod.fsGroup ? [pod.fsGroup] : [] },
      args,
      cwd: container.workingDir ?? image.cwd,
      env: Object.entries({ ...image.env, ...variables }).map(([name, value]) => `${name}=${value}`),
      noNewPrivileges: own.allowPrivilegeEscalation === false,
      capabilities: { bounding: [], effective: [], permitted: [] },
    },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'mode=1777', 'size=64m'] },
      mount('/etc/hosts', join(host.work, 'hosts'), true),
      ...(container.volumeMounts ?? []).map(({ name, mountPath, readOnly }) =>
        mount(mountPath, volumes.path(name), readOnly === true),
      ),
      mount(SOFTWARE, host.software, true),
    ],
    linux: {
      cgroupsPath: `/${CGROUP}/${id}`,
      namespaces: [
        { type: 'pid' },
        { type: 'ipc' },
        { type: 'mount' },
        ...(network === undefined ? [] : [{ type: 'network', path: network }]),
      ],
    },
  };
}

/** The container's own setting goes before the pod's, and that before the image's. */
function user(
  { spec }: PodTemplate,
  { name, securityContext = {} }: k8s.Container,
  image: StandIn,
): { uid: number; gid: number } {
  const pod = spec.securityContext ?? {};
  const [user = 0, group = 0] = (image.user ?? '')
    .split(':')
    .filter((part) => part !== '')
    .map(Number);
  const uid = securityContext.runAsUser ?? pod.runAsUser ?? user;
  if ((securityContext.runAsNonRoot ?? pod.runAsNonRoot) === true && uid === 0)
    throw new Error(`${name} would run as root`);
  return { uid, gid: securityContext.runAsGroup ?? pod.runAsGroup ?? group };
}

function environment(
  host: Host,
  template: PodTemplate,
  { env = [], envFrom = [] }: k8s.Container,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const { secretRef } of envFrom) {
    if (secretRef?.name) Object.assign(result, host.manifests.data('Secret', template.namespace, secretRef.name));
  }
  for (const { name, value, valueFrom } of env) {
    const { fieldPath } = valueFrom?.fieldRef ?? {};
    const field = { 'status.podIP': host.address(template), 'metadata.name': template.name }[fieldPath ?? ''];
    result[name] = expanded(field ?? value ?? '', result);
  }
  return result;
}

/** A text with the variables that it refers to, such as "$(POD_IP)". */
const expanded = (text: string, variables: Readonly<Record<string, string>>) =>
  text.replace(/\$\((\w+)\)/g, (whole, name: string) => variables[name] ?? whole);
