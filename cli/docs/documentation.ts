/** The generated files of the documentation, and how each is made. */

import { loadEnvironment } from '../../charts/environments';
import { composePlatform } from '../../charts/platform';
import { modelFileSchema, platformFileSchema, schemaFiles } from './schemas';
import { configurationTable, imagesTable, insertTable, secretsTable } from './tables';

/**
 * The text of every generated file, by its path.
 * @param read gives the text of a file as it is now: README.md keeps all but its tables
 */
export function documentation(read: (path: string) => string): Record<string, string> {
  const { secrets } = composePlatform(loadEnvironment('environments', 'minikube'));
  const tables = {
    'platform fields': configurationTable(platformFileSchema()),
    'model fields': configurationTable(modelFileSchema()),
    secrets: secretsTable(secrets),
    images: imagesTable(),
  };
  const readme = Object.entries(tables).reduce(
    (text, [name, table]) => insertTable(text, name, table),
    read('README.md'),
  );
  return { ...schemaFiles('environments'), 'README.md': readme };
}
