/** Builds linters, tools for Secrets and a registry. */
import { join } from 'node:path';
import { build, folderOf, sourceOf } from './module';

/** Builds kube-score and kubeconform, in a minute or two. */
export const buildLinters = (project: string): Promise<string> =>
  build({ project, name: 'lint', what: 'kube-score and kubeconform (about a minute on two cores)' });

/** Builds kubeseal, sops and age-keygen. */
export const buildSecretTools = (project: string): Promise<string> =>
  build({ project, name: 'secrets', what: 'kubeseal, sops and age (about five minutes on two cores)' });

/** Builds the External Secrets Operator; its types are a folder of files. */
export async function buildExternalSecrets(project: string): Promise<{ readonly bin: string; readonly types: string }> {
  const name = 'external-secrets';
  const bin = await build({ project, name, what: 'the External Secrets Operator (about ten minutes on two cores)' });
  const module = 'github.com/external-secrets/external-secrets';
  return { bin, types: join(sourceOf(folderOf(project, name), module), 'config/crds/bases') };
}

/** The command of the registry of the distribution project. */
export async function buildRegistry(project: string): Promise<string> {
  return join(
    await build({ project, name: 'registry', what: 'a registry (about two minutes on two cores)' }),
    'registry',
  );
}
