/** The types that other projects add to a cluster. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operatorType } from '../cluster/build/seldon';

/** CustomResourceDefinitions as YAML: of crds/, and of what the Seldon operator makes and expansion/ knows. */
export function definitions(project: string): string[] {
  const files = ['crds', 'crds/third-party'].flatMap((folder) =>
    readdirSync(join(project, folder))
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => readFileSync(join(project, folder, name), 'utf8')),
  );
  return [...files, operatorType(project, 'scaledobjects.keda.sh')];
}
