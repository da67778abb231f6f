/** How an environment comes to nodes: by `ml-platform deploy`, and its Secrets as README.md makes them. */
import { expectMl } from '../api/deploy-runs';
import { perform, quickStart } from '../cluster/quick-start';
import type { RunningPlatform } from './running-platform';

/** @param stages those that are deployed; all where none is named */
export async function deploy({ props }: RunningPlatform, ...stages: readonly string[]): Promise<string> {
  const { cluster, env, project } = props;
  const only = stages.length === 0 ? [] : ['--only', ...stages];
  await expectMl({ cluster, env, project }, ['deploy', env.name, ...only], 0);
  return stages.join(', ');
}

export async function makeSecrets({ props }: RunningPlatform): Promise<string> {
  const { cluster, env, project } = props;
  for (const step of quickStart(project, env).filter(({ stage }) => stage === undefined))
    await perform(cluster, env, project, step);
  return 'by npm run secrets';
}
