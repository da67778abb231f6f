/** The generated files of the documentation, and how each is made. */

import { platformSchema } from '../../charts/config';
import { loadEnvironment } from '../../charts/environments';
import { modelSchema } from '../../charts/models/config';
import { composePlatform } from '../../charts/platform';
import { inputSchema } from '../../config/json-schema';
import { configurationTable, imagesTable, insertTable, secretsTable } from './tables';

/** The environment of a new repository: README.md tells of it, and not of what somebody makes of environments/. */
const STARTING = { folder: 'cli/init/template/environments', name: 'minikube' } as const;

/**
 * The text of every generated file, by its path.
 * @param read gives the text of a file as it is now: README.md keeps all but its tables
 */
export function documentation(read: (path: string) => string): Record<string, string> {
  const platform = inputSchema(platformSchema);
  const model = inputSchema(modelSchema);
  // A model that gives no name has that of its file.
  const modelFile = { ...model, required: (model.required ?? []).filter((name) => name !== 'name') };
  const { secrets } = composePlatform(loadEnvironment(STARTING.folder, STARTING.name));
  const tables = {
    'platform fields': configurationTable(platform),
    'model fields': configurationTable(modelFile),
    secrets: secretsTable(secrets),
    images: imagesTable(),
  };
  const readme = Object.entries(tables).reduce(
    (text, [name, table]) => insertTable(text, name, table),
    read('README.md'),
  );
  return {
    // An environment file names its schema in its first line, so that editors find it.
    'environments/platform.schema.json': json(platform),
    'environments/model.schema.json': json(modelFile),
    'README.md': readme,
  };
}

const json = (schema: object) => `${JSON.stringify(schema, null, 2)}\n`;
