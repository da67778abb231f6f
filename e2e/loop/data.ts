/** The wine data, and a project to change. */
import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { finished, run } from '../cluster/commands';
import type { Parts } from './install';

/** The real data where it lies beside the project, and otherwise some with the same columns. Says which. */
export function wineData(project: string, { training }: Parts, folder: string): string {
  const file = join(folder, 'winequality-red.csv');
  const real = join(project, '../shared/data/winequality-red.csv');
  if (existsSync(real)) cpSync(real, file);
  else finished(run(join(training, 'bin/python'), ['-c', SAMPLE, file], project));
  console.error(existsSync(real) ? 'the real wine data' : 'generated wine data: the real file is not here');
  return file;
}

/** Random wines in the format of the real data. */
const SAMPLE = `
import sys; sys.path.insert(0, "datascience")
from sample import sample_csv
open(sys.argv[1], "wb").write(sample_csv(rows=1599))
`;

/** What synth and the model commands read beside environments/. */
const PROJECT = ['charts', 'crds', 'cli', 'config', 'imports', 'main.ts', 'package.json', 'cdk8s.yaml', 'node_modules'];

/** The project with a copy of the environment minikube, changed. */
export function checkout(project: string, root: string, change: (environment: string) => void): string {
  const environment = join(root, 'environments/minikube');
  cpSync(join(project, 'environments/minikube'), environment, { recursive: true });
  for (const entry of PROJECT) symlinkSync(join(project, entry), join(root, entry));
  change(environment);
  return root;
}
