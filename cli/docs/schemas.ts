/** The JSON Schemas of the environment files. Each file names its own in its first line, so that editors find it. */
import { platformSchema } from '../../charts/config';
import { modelSchema } from '../../charts/models/config';
import { inputSchema, type JsonSchema } from '../../config/json-schema';

export const platformFileSchema = (): JsonSchema => inputSchema(platformSchema);

export function modelFileSchema(): JsonSchema {
  const model = inputSchema(modelSchema);
  // A model that gives no name has that of its file.
  return { ...model, required: (model.required ?? []).filter((name) => name !== 'name') };
}

/**
 * The schemas as files, by their paths.
 * @param folder where the environments are
 */
export function schemaFiles(folder: string): Record<string, string> {
  return {
    [`${folder}/platform.schema.json`]: json(platformFileSchema()),
    [`${folder}/model.schema.json`]: json(modelFileSchema()),
  };
}

const json = (schema: object) => `${JSON.stringify(schema, null, 2)}\n`;
