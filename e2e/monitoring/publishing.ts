/** Puts the files of the models where their servers fetch them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished, run } from '../cluster/commands';
import type { Platform } from './platform';

export function publish(platform: Platform): string {
  const { software, work, project } = platform;
  const told = join(work, 'told');
  const save = ['-c', SAVE_TOLD, join(project, 'e2e/monitoring/told.py'), told];
  finished(run(join(software.serving, 'bin/python'), save, project));
  const wrapped = join(work, 'wrapped');
  mkdirSync(wrapped);
  finished(run(join(software.wrapper, 'bin/python'), ['-c', SAVE_WRAPPED, join(wrapped, 'model.joblib')], project));
  const usual = join(work, 'usual');
  mkdirSync(usual);
  // As many rows as say something, evenly between 0 and 1.
  const rows = Array.from({ length: 200 }, (_, index) => `${(index + 0.5) / 200}\n`);
  writeFileSync(join(usual, 'reference.csv'), ['x\n', ...rows].join(''));
  for (const [name, folder] of Object.entries({ told, wrapped, usual })) {
    finished(platform.mc('cp', '--recursive', `${folder}/`, `root/models/${name}/1/`));
  }
  return 'told, wrapped, usual';
}

const SAVE_TOLD = `
import sys, mlflow
mlflow.pyfunc.save_model(sys.argv[2], python_model=sys.argv[1], pip_requirements=[])
`;
const SAVE_WRAPPED = `
import sys, joblib
from sklearn.linear_model import LinearRegression
joblib.dump(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), sys.argv[1])
`;
