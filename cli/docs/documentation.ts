/** The generated files of the documentation, and how each is made. */

import { platformSchema } from '../../charts/config';
import { loadEnvironment } from '../../charts/environments';
import { modelSchema } from '../../charts/models/config';
import { composePlatform } from '../../charts/platform';
import { inputSchema } from '../../config/json-schema';
import { configurationTable, imagesTable, insertTable, secretsTable } from './tables';

/** The environment that a new repository starts with: what the documents show, whatever the user's own ones are. */
const STARTING_ENVIRONMENTS = 'cli/init/template/environments';

/**
 * The text of every generated file, by its path.
 * @param read gives the text of a file as it is now: a document keeps all but its tables
 */
export function documentation(read: (path: string) => string): Record<string, string> {
  const platform = inputSchema(platformSchema);
  const model = inputSchema(modelSchema);
  // A model that gives no name has that of its file.
  const modelFile = { ...model, required: (model.required ?? []).filter((name) => name !== 'name') };
  const { secrets } = composePlatform(loadEnvironment(STARTING_ENVIRONMENTS, 'minikube'));
  const tables: Record<string, Record<string, string>> = {
    'docs/configuration.md': {
      'platform fields': configurationTable(platform),
      'model fields': configurationTable(modelFile),
      secrets: secretsTable(secrets),
      images: imagesTable(),
    },
  };
  const documents = Object.entries(tables).map(([path, named]) => [path, withTables(path, read(path), named)]);
  return {
    // An environment file names its schema in its first line, so that editors find it.
    'environments/platform.schema.json': json(platform),
    'environments/model.schema.json': json(modelFile),
    ...Object.fromEntries(documents),
  };
}

/** A document with its tables, by their names, as they are now. */
function withTables(path: string, text: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((written, [name, table]) => insertTable(path, written, name, table), text);
}

const json = (schema: object) => `${JSON.stringify(schema, null, 2)}\n`;
