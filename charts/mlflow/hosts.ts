export interface HostsProps {
  readonly namespace: string;
  readonly clusterDomain: string;
  /** @default - no host outside the cluster */
  readonly host?: string;
}

/**
 * The Host headers that MLflow answers. It compares the whole header, port included, and refuses with 403 what is not
 * in the list. Prometheus calls a pod by its address, a port-forward by localhost and any port.
 */
export function allowedHosts({ namespace, clusterDomain, host }: HostsProps, port: number): string[] {
  const service = `mlflow.${namespace}`;
  const names = ['mlflow', service, `${service}.svc`, `${service}.svc.${clusterDomain}`, '$(POD_IP)'];
  return [
    ...[...names, ...(host === undefined ? [] : [host])].flatMap((name) => [name, `${name}:${port}`]),
    ...['localhost', '127.0.0.1'].flatMap((name) => [name, `${name}:*`]),
  ];
}
