/** The data of the wine example. */
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { finished, run } from '../cluster/commands';
import type { Software } from './install';

/** The real data where it lies beside the project, and otherwise some with the same columns. Says which. */
export function wineData(project: string, { training }: Software, folder: string): string {
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
