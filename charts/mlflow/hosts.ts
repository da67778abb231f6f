/**
 * By which names MLflow may be called, and by whose pages. Source: mlflow/server/security_utils.py of MLflow 3.17.
 *
 * It compares the whole Host header, port included, and answers 403 to a host that is not in the list. It compares the
 * Origin header of each request that changes something, which browsers send to the page's own host too. Pages of
 * localhost pass on any port.
 */
export interface HostsProps {
  readonly namespace: string;
  readonly clusterDomain: string;
  /** Hosts outside the cluster, with the port where browsers show one. */
  readonly hosts: readonly string[];
}

/** The Host headers that MLflow answers. Prometheus calls a pod by its address, a port-forward by localhost and any port. */
export function allowedHosts({ namespace, clusterDomain, hosts }: HostsProps, port: number): string[] {
  const service = `mlflow.${namespace}`;
  // The address of a pod is an IPv6 one in some clusters. The entry that is no legal host is never asked for.
  const names = ['mlflow', service, `${service}.svc`, `${service}.svc.${clusterDomain}`, '$(POD_IP)', '[$(POD_IP)]'];
  return [
    ...names.flatMap((name) => [name, `${name}:${port}`]),
    ...hosts,
    ...['localhost', '127.0.0.1'].flatMap((name) => [name, `${name}:*`]),
    // In a text with "*", "[[]" stands for "[".
    ...['[::1]', '[[]::1]:*'],
  ];
}

/** The pages that may change something: those of the hosts, by http and by https. */
export const allowedOrigins = ({ hosts }: HostsProps): string[] =>
  hosts.flatMap((host) => [`https://${host}`, `http://${host}`]);
