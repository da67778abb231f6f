/** What an environment needs before it is applied, as its PREREQUISITES.md says: for real where it can be built. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PREREQUISITES } from '../../charts/prerequisites/catalogue';
import { PREREQUISITES_FILE } from '../../charts/prerequisites/document';
import { buildCertManager, type CertManagerParts } from '../cluster/build/cert-manager';
import { buildBarmanPlugin, buildCloudNativePg, type CloudNativePg } from '../cluster/build/cloudnativepg';
import type { Check } from '../cluster/checks';
import { type Cluster, until } from '../cluster/cluster';
import { type Environment, ofKind } from '../cluster/environments';
import { expansionHolds } from '../database/expansion';
import { certificatesIssued, certManagerWasAllowed, installCertManager, issuersOutside } from './cert-manager';
import { cloudNativePgWasAllowed, installBarmanPlugin, installCloudNativePg } from './cloudnativepg';
import { type PostgresqlCluster, playInstanceManagers } from './instance-managers';

/** What was built of what an environment needs. */
export interface Prerequisites {
  readonly certManager?: CertManagerParts;
  readonly cloudNativePg?: CloudNativePg;
  readonly barmanPlugin?: CloudNativePg;
}

/** Builds what a folder of rendered files names. */
export async function buildPrerequisites(project: string, folder: string): Promise<Prerequisites> {
  const needed = (name: keyof typeof PREREQUISITES) => commandsOf(folder).includes(PREREQUISITES[name].install);
  return {
    ...(needed('certManager') && { certManager: await buildCertManager(project) }),
    ...(needed('cloudNativePg') && { cloudNativePg: await buildCloudNativePg(project) }),
    ...(needed('barmanPlugin') && { barmanPlugin: await buildBarmanPlugin(project) }),
  };
}

/** Installs them in the order that the document has. */
export function installChecks(cluster: Cluster, env: Environment, built: Prerequisites): Check[] {
  const { certManager, cloudNativePg, barmanPlugin } = built;
  const gateways = ofKind(env, 'Gateway').length > 0;
  const steps = new Map<string, Check>();
  if (certManager)
    steps.set(PREREQUISITES.certManager.install, [
      'cert-manager is installed',
      async () => {
        const said = await installCertManager(cluster, certManager, { gateways });
        await issuersOutside(cluster, env);
        return said;
      },
    ]);
  if (cloudNativePg)
    steps.set(PREREQUISITES.cloudNativePg.install, [
      'CloudNativePG is installed',
      () => installCloudNativePg(cluster, cloudNativePg),
    ]);
  if (barmanPlugin)
    steps.set(PREREQUISITES.barmanPlugin.install, [
      'the Barman Cloud plugin is installed',
      () => installBarmanPlugin(cluster, barmanPlugin),
    ]);
  return commandsOf(env.folder).flatMap((command) => {
    const step = steps.get(command);
    return step ? [step] : [];
  });
}

/** What they have made, once all stages are applied. */
export function madeChecks(cluster: Cluster, env: Environment, { certManager, cloudNativePg }: Prerequisites): Check[] {
  const [database] = env.objects.filter(isPostgresql) as PostgresqlCluster[];
  return [
    ...(certManager ? [['every certificate is issued', () => certificatesIssued(cluster, env)] satisfies Check] : []),
    ...(cloudNativePg && database
      ? [
          [
            'every instance of PostgreSQL has its pod',
            async () => {
              await playInstanceManagers(cluster, database, cloudNativePg);
              return healthy(cluster, database);
            },
          ] satisfies Check,
          ['CloudNativePG makes what expansion.ts says', () => expansionHolds(cluster, env)] satisfies Check,
        ]
      : []),
  ];
}

/** That their accounts have the rights that they need. */
export function allowedChecks(cluster: Cluster, { certManager, cloudNativePg }: Prerequisites): Check[] {
  return [
    ...(certManager
      ? [['cert-manager was forbidden nothing', async () => certManagerWasAllowed(cluster)] satisfies Check]
      : []),
    ...(cloudNativePg
      ? [['CloudNativePG was forbidden nothing', async () => cloudNativePgWasAllowed(cluster)] satisfies Check]
      : []),
  ];
}

const isPostgresql = ({ apiVersion, kind }: Environment['objects'][number]) =>
  kind === 'Cluster' && apiVersion === PREREQUISITES.cloudNativePg.api;

/** The commands of the document, in their order. */
function commandsOf(folder: string): readonly string[] {
  const file = join(folder, PREREQUISITES_FILE);
  const [, block = ''] = existsSync(file) ? (/```bash\n([\s\S]*?)```/.exec(readFileSync(file, 'utf8')) ?? []) : [];
  return block.trim().split('\n');
}

async function healthy(cluster: Cluster, { metadata, spec }: PostgresqlCluster): Promise<string> {
  const { name, namespace = '' } = metadata;
  await until('the operator takes all instances for healthy', 120, async () => {
    const { status = {} } = await cluster.get<PostgresqlCluster>('-n', namespace, 'clusters.postgresql.cnpg.io', name);
    const { phase, readyInstances } = status;
    const well = readyInstances === spec.instances && phase === 'Cluster in healthy state';
    return well ? undefined : `${phase}, ${readyInstances} of ${spec.instances}`;
  });
  return `${spec.instances} instances`;
}
