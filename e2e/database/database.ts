/** What the checks share: the cluster of PostgreSQL, and ways into its pods and those of MLflow. */
import { type Cluster, until } from '../cluster/cluster';
import type { KubernetesObject } from '../cluster/objects';

export const NAMESPACE = 'postgres';
export const NAME = 'postgres';

interface Status extends KubernetesObject {
  readonly spec: { readonly instances: number };
  readonly status?: {
    readonly phase?: string;
    readonly readyInstances?: number;
    readonly currentPrimary?: string;
    readonly instanceNames?: readonly string[];
  };
}

export class Database {
  constructor(readonly cluster: Cluster) {}

  status(): Promise<Status> {
    return this.cluster.get<Status>('-n', NAMESPACE, 'clusters.postgresql.cnpg.io', NAME);
  }

  async primary(): Promise<string> {
    return (await this.status()).status?.currentPrimary ?? '';
  }

  /** Waits until all instances are ready, and the operator has nothing left to do. */
  async healthy(seconds = 900): Promise<void> {
    await until('all instances are ready', seconds, async () => {
      const { spec, status = {} } = await this.status();
      const well = status.readyInstances === spec.instances && status.phase === 'Cluster in healthy state';
      return well ? undefined : `${status.phase}, ${status.readyInstances} of ${spec.instances}`;
    });
  }

  /** Asks the primary, as its superuser, in its pod. */
  async sql(query: string): Promise<string> {
    const pod = await this.primary();
    const psql = ['psql', '-U', 'postgres', '-d', 'mlflowdb', '-Atc', query];
    return (await this.cluster.run(['exec', '-n', NAMESPACE, pod, '-c', 'postgres', '--', ...psql])).trim();
  }

  /** Runs Python where MLflow runs, with its login. */
  python(code: string, ...args: string[]): Promise<string> {
    const target = ['exec', '-n', 'mlflow', 'deployment/mlflow', '--', 'python3', '-c', code];
    return this.cluster.run([...target, ...args]);
  }
}
