/** From a registry name to manifests, by the lock. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { same } from '../../cluster/checks';
import { finished } from '../../cluster/commands';
import { REGISTERED, WINE_MODELS } from '../../software/wine-models';
import type { Loop } from '../loop';
import { Manifests } from '../manifests';

/** From a registry name to manifests, by the lock. */
export async function registry(loop: Loop): Promise<void> {
  const repository = loop.changed('gitops', (environment) => {
    for (const name of WINE_MODELS) {
      const file = join(environment, 'models', `${name}.yaml`);
      const uri = `models:/${REGISTERED[name]}@champion`;
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^uri: .*$/m, `uri: ${uri}`));
    }
  });
  cpSync(repository.environment(), repository.environment('production'), { recursive: true });
  const run = (...args: string[]) => repository.command(...args);
  const resolve = (...args: string[]) => run('models', 'resolve', 'minikube', ...args);
  const lock = () => readFileSync(join(repository.environment(), 'models.lock.yaml'), 'utf8');
  const artifacts = () => /artifacts: s3:\/\/models\/(\S+)/.exec(lock())?.[1] ?? '';

  await loop.checks.check('synth refuses a registry name that was never resolved', () => {
    const { status, stderr } = run('synth');
    same([status, stderr.includes('which models.lock.yaml does not resolve')], [1, true]);
    return stderr;
  });
  await loop.checks.check('models resolve writes the lock from the real registry', () => finished(resolve()));
  await loop.checks.check('what the lock names is served, and answers as in Python', async () => {
    finished(run('models', 'resolve', 'production'));
    finished(run('synth'));
    const manifests = new Manifests(repository.dist(), '');
    await loop.serve('mlflow-wine', loop.host.manifests, manifests);
    return `${artifacts()}: ${await loop.agrees('mlflow-wine', 'champion')}`;
  });
  await loop.checks.check('an alias that moves changes nothing until it is resolved again', () => {
    const before = lock();
    loop.trainWith('--seed', '8', '--version', '2');
    const { status, stdout } = resolve('--check');
    same([status, lock() === before], [1, true]);
    return stdout;
  });
  await loop.checks.check('models promote shows both versions and copies the entry', () => {
    finished(resolve());
    const { stdout } = run('models', 'promote', 'mlflow-wine', '--from', 'minikube', '--to', 'production');
    const [row = ''] = stdout.match(/\| rmse .*/) ?? [];
    if (!/\| rmse \| [\d.]+ \| [\d.]+ \| [-+][\d.e-]+ \|/.test(row)) throw new Error(stdout);
    return row;
  });
  await loop.checks.check('models resolve says that the files are gone', () => {
    const before = lock();
    finished(loop.mc('rm', '--recursive', '--force', `root/models/${artifacts()}`));
    const { status, stderr } = resolve();
    same([status, lock() === before], [1, true]);
    if (!stderr.includes('there are no files at')) throw new Error(stderr);
    return stderr.split('\n').find((line) => line.includes('no files')) ?? '';
  });
  await loop.checks.check('models resolve says that the server is down', async () => {
    await loop.pod('mlflow').stop();
    const { status, stderr } = resolve();
    same([status, stderr.includes('cannot reach the MLflow server')], [1, true]);
    return stderr;
  });
}
