/** Builds cert-manager. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PREREQUISITES } from '../../../charts/prerequisites/catalogue';
import { build, sourceOf } from './module';

const CERT_MANAGER = 'github.com/cert-manager/cert-manager';

/** cert-manager. */
export interface CertManagerParts {
  /** The folder of its commands: controller, webhook and cainjector. */
  readonly bin: string;
  /** What its release installs. */
  readonly manifest: string;
}

/** Builds cert-manager, with commands of our own around its code: its own are in no module that the module proxy serves. */
export async function buildCertManager(project: string): Promise<CertManagerParts> {
  const bin = await build({
    project,
    name: 'cert-manager',
    what: 'cert-manager (about three minutes on two cores)',
    finish: (folder, module) => {
      const chart = join(sourceOf(module, CERT_MANAGER), 'deploy/charts/cert-manager');
      const args = [chart, PREREQUISITES.certManager.version];
      writeFileSync(join(folder, 'manifest.yaml'), execFileSync(join(folder, 'manifest'), args));
    },
  });
  return { bin, manifest: join(bin, 'manifest.yaml') };
}
