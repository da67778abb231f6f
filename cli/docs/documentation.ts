/** The generated files of the documentation, and how each is made. */

import { loadEnvironment } from '../../charts/environment/environments';
import { composePlatform } from '../../charts/platform';
import { modelFileSchema, platformFileSchema, schemaFiles } from './schemas';
import { configurationTable, imagesTable, insertTable, runtimesTable, secretsTable } from './tables';

/** The environment that a new repository starts with: what the documents show, whatever the user's own ones are. */
const STARTING_ENVIRONMENTS = 'cli/init/template/environments';

/**
 * The text of every generated file, by its path.
 * @param read gives the text of a file as it is now: a document keeps all but its tables
 */
export function documentation(read: (path: string) => string): Record<string, string> {
  const { secrets } = composePlatform(loadEnvironment(STARTING_ENVIRONMENTS, 'minikube'));
  const tables: Record<string, Record<string, string>> = {
    'docs/configuration.md': {
      'platform fields': configurationTable(platformFileSchema()),
      'model fields': configurationTable(modelFileSchema()),
      secrets: secretsTable(secrets),
      images: imagesTable(),
    },
    'docs/models.md': { runtimes: runtimesTable() },
  };
  const documents = Object.entries(tables).map(([path, named]) => [path, withTables(path, read(path), named)]);
  return { ...schemaFiles('environments'), ...Object.fromEntries(documents) };
}

/** A document with its tables, by their names, as they are now. */
function withTables(path: string, text: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((written, [name, table]) => insertTable(path, written, name, table), text);
}
