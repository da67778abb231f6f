/** Builds the CloudNativePG operator and its plugin. */
import { cpSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PREREQUISITES } from '../../../charts/prerequisites/catalogue';
import { build, sourceOf } from './module';

const BARMAN_PLUGIN = 'github.com/cloudnative-pg/plugin-barman-cloud';

const CLOUD_NATIVE_PG = 'github.com/cloudnative-pg/cloudnative-pg';

/** The CloudNativePG operator, or a plugin of it. */
export interface CloudNativePg {
  /** What its image has: its program, which runs in instances, too. */
  readonly root: string;
  /** What its release installs. */
  readonly manifest: string;
}

export async function buildCloudNativePg(project: string): Promise<CloudNativePg> {
  const bin = await build({
    project,
    name: 'cloudnativepg',
    what: 'the CloudNativePG operator (about three minutes on two cores)',
    finish: (folder, module) => {
      const releases = join(sourceOf(module, CLOUD_NATIVE_PG), 'releases');
      const version = PREREQUISITES.cloudNativePg.version.slice(1);
      cpSync(join(releases, `cnpg-${version}.yaml`), join(folder, 'manifest.yaml'));
      // It offers instances the programs that it finds there, by their architecture.
      mkdirSync(join(folder, 'cloudnativepg/operator'), { recursive: true });
      renameSync(join(folder, 'manager'), join(folder, 'cloudnativepg/operator/manager_amd64'));
      symlinkSync('operator/manager_amd64', join(folder, 'cloudnativepg/manager'));
    },
  });
  return { root: join(bin, 'cloudnativepg'), manifest: join(bin, 'manifest.yaml') };
}

/** Builds the Barman Cloud plugin: one program, which is the plugin and what runs beside an instance. */
export async function buildBarmanPlugin(project: string): Promise<CloudNativePg> {
  const bin = await build({
    project,
    name: 'barman-plugin',
    what: 'the Barman Cloud plugin (about three minutes on two cores)',
    finish: (folder, module) => {
      cpSync(join(sourceOf(module, BARMAN_PLUGIN), 'manifest.yaml'), join(folder, 'manifest.yaml'));
      mkdirSync(join(folder, 'barman-plugin'));
      renameSync(join(folder, 'manager'), join(folder, 'barman-plugin/manager'));
    },
  });
  return { root: join(bin, 'barman-plugin'), manifest: join(bin, 'manifest.yaml') };
}
