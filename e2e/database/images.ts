/** The images that instances of PostgreSQL are made of. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE } from '../../charts/images/catalogue';
import type { CloudNativePg } from '../cluster/build/cloudnativepg';
import { finished, run } from '../cluster/commands';
import type { FurtherImage } from '../node/oci-images';
import type { DebianPostgresql, Software } from '../software/install';
import { pluginImages } from './archive';
import { operatorImage } from './operator';

export interface ClusterImagesProps {
  readonly work: string;
  readonly software: Software;
  readonly operator: CloudNativePg;
  readonly plugin: CloudNativePg;
  /** The commands that the plugin calls. */
  readonly barman: string;
  readonly postgresql: DebianPostgresql;
}

/** The name of the image of an instance. */
export const CLOUD_NATIVE_PG = CATALOGUE.cloudNativePg.repository;

/** Where the programs of the server are. */
export const postgresPath = ({ major }: DebianPostgresql) => `/usr/lib/postgresql/${major}/bin:/usr/bin:/bin`;

/** Those of the operator, of its plugin and of instances. */
export function clusterImages(props: ClusterImagesProps): Record<string, FurtherImage> {
  const { work, software, operator, plugin, barman, postgresql } = props;
  return {
    [operatorImage(operator)]: { folder: operator.root },
    ...pluginImages(plugin, software, barman),
    [`${CLOUD_NATIVE_PG}:${postgresql.major}`]: {
      folder: postgresRoot(postgresql, work),
      path: postgresPath(postgresql),
    },
  };
}

/** Debian's, with the account that the operator runs it as. */
function postgresRoot({ folder }: DebianPostgresql, work: string): string {
  const root = join(work, 'layers/cloudnativepg-postgres');
  mkdirSync(join(work, 'layers'), { recursive: true });
  finished(run('cp', ['-a', folder, root], work));
  const accounts = ['root:x:0:0:root:/root:/bin/bash', 'postgres:x:26:26::/var/lib/postgresql:/bin/bash'];
  writeFileSync(join(root, 'etc/passwd'), accounts.map((account) => `${account}\n`).join(''));
  return root;
}
