/** What holds for every field of the schemas. */
import { platformSchema } from '../../charts/config';
import { modelSchema } from '../../charts/models/config';
import { inputSchema, type JsonSchema } from '../../config/json-schema';
import { MODEL, problemsIn } from '../support/environments';

const WITHOUT_FRONTEND = 'frontend: {enabled: false}';

/** Every field below a schema, with the path as messages write it. */
function fieldsOf(schema: JsonSchema, path: readonly string[] = []): [path: readonly string[], field: JsonSchema][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]): [readonly string[], JsonSchema][] => [
    [[...path, name], field],
    ...fieldsOf(field, [...path, name]),
  ]);
}

/** A list of lists is right nowhere. */
const nested = (path: readonly string[]): string =>
  path.reduceRight((yaml, name) => `{"${name}": ${yaml}}`, '[["wrong"]]');

describe('every field refuses a value of another kind, and says where and what would do', () => {
  const platformFields = fieldsOf(inputSchema(platformSchema)).map(([path, { examples }]) => ({
    path: path.join('.'),
    file: 'platform.yaml',
    files: { 'test/platform.yaml': nested(path), 'test/models/mlflow-wine.yaml': MODEL },
    examples,
  }));
  const modelFields = fieldsOf(inputSchema(modelSchema)).map(([path, { examples }]) => {
    const settings = { server: '"MLFLOW_SERVER"', uri: '"s3://models/wine/1"', [path[0] ?? '']: nested(path.slice(1)) };
    const yaml = Object.entries(settings).map(([name, value]) => `${name}: ${value}\n`);
    const files = { 'test/platform.yaml': WITHOUT_FRONTEND, 'test/models/m.yaml': yaml.join('') };
    return { path: path.join('.'), file: 'models/m.yaml', files, examples };
  });

  test.each([...platformFields, ...modelFields])('$file $path', ({ path, file, files, examples }) => {
    // A mapping that is optional may have fields that are not.
    const [line = '', ...others] = problemsIn(files).filter((text) => !text.includes('is required'));
    const [, place = '', said = ''] =
      /^environments\/test\/(?:platform|models\/m)\.yaml: (\S+): (must be .+|unknown field.*)$/.exec(line) ?? [];
    expect(others).toEqual([]);
    expect(line).toContain(`environments/test/${file}: `);
    // A list takes a list, and refuses what is in it.
    expect([path, `${path}[0]`]).toContain(place);
    expect(said).toMatch(/, not a list/);
    if (examples) expect(said).toMatch(/, such as .+$/);
  });
});
