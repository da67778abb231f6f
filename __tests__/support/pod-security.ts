/** The Pod Security Standards, as the API server's admission plug-in judges a pod. */
import type { KubernetesObject } from './platform';

type Spec = KubernetesObject['spec'];

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const BASELINE_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];
const SELINUX_TYPES = [undefined, '', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

export const containersOf = (spec: Spec): Spec[] => [
  ...(spec.containers ?? []),
  ...(spec.initContainers ?? []),
  ...(spec.ephemeralContainers ?? []),
];

/** What "baseline" refuses. */
export function baselineFaults(spec: Spec): string[] {
  const contexts = [
    spec.securityContext ?? {},
    ...containersOf(spec).map((container) => container.securityContext ?? {}),
  ];
  const faults: [string, boolean][] = [
    ['host namespaces', spec.hostNetwork === true || spec.hostPID === true || spec.hostIPC === true],
    ['hostPath volume', (spec.volumes ?? []).some((volume: Spec) => volume.hostPath)],
    ['sysctls', (spec.securityContext?.sysctls ?? []).some(({ name }: Spec) => !SYSCTLS.includes(name))],
    ['privileged', contexts.some(({ privileged }) => privileged === true)],
    ['procMount', contexts.some(({ procMount }) => procMount !== undefined && procMount !== 'Default')],
    ['seccomp unconfined', contexts.some(({ seccompProfile }) => seccompProfile?.type === 'Unconfined')],
    ['AppArmor unconfined', contexts.some(({ appArmorProfile }) => appArmorProfile?.type === 'Unconfined')],
    ['windows hostProcess', contexts.some(({ windowsOptions }) => windowsOptions?.hostProcess === true)],
    [
      'SELinux options',
      contexts.some(({ seLinuxOptions: se }) => se && (!SELINUX_TYPES.includes(se.type) || se.user || se.role)),
    ],
    ['hostPort', containersOf(spec).some(({ ports }) => (ports ?? []).some((port: Spec) => port.hostPort))],
    [
      'capabilities',
      contexts.some(({ capabilities }) =>
        (capabilities?.add ?? []).some((name: string) => !BASELINE_CAPABILITIES.includes(name)),
      ),
    ],
  ];
  return faults.filter(([, present]) => present).map(([name]) => name);
}

/** What "restricted" refuses. */
export function restrictedFaults(spec: Spec): string[] {
  const pod = spec.securityContext ?? {};
  const each = (refuse: (context: Spec) => boolean) =>
    containersOf(spec).some((container) => refuse(container.securityContext ?? {}));
  const faults: [string, boolean][] = [
    [
      'volume types',
      (spec.volumes ?? []).some((volume: Spec) =>
        Object.keys(volume).some((key) => key !== 'name' && !VOLUMES.includes(key)),
      ),
    ],
    ['privilege escalation', each(({ allowPrivilegeEscalation }) => allowPrivilegeEscalation !== false)],
    ['runAsNonRoot', each(({ runAsNonRoot }) => (runAsNonRoot ?? pod.runAsNonRoot) !== true)],
    ['runAsUser 0', pod.runAsUser === 0 || each(({ runAsUser }) => runAsUser === 0)],
    [
      'seccomp profile',
      each(
        ({ seccompProfile }) => !['RuntimeDefault', 'Localhost'].includes((seccompProfile ?? pod.seccompProfile)?.type),
      ),
    ],
    ['capabilities not dropped', each(({ capabilities }) => !(capabilities?.drop ?? []).includes('ALL'))],
    [
      'capabilities added',
      each(({ capabilities }) => (capabilities?.add ?? []).some((name: string) => name !== 'NET_BIND_SERVICE')),
    ],
  ];
  return [...baselineFaults(spec), ...faults.filter(([, present]) => present).map(([name]) => name)];
}
