/** What a model file is told that says things in Seldon's words. */
import { modelFields } from '../../../charts/models/config/model';
import { SELDON_NAMES } from '../../../charts/models/config/seldon-names';
import { inputSchema, type JsonSchema } from '../../../config/json-schema';
import { modelRefuses, type Row } from '../../support/refusals';

const MODEL = 'server: SKLEARN_SERVER\nuri: s3://models/a\n';
const protocol = (name: string, answer: string): Row => [
  `the protocol ${name}`,
  `${MODEL}protocol: ${JSON.stringify(name)}`,
  `protocol: ${answer}, not ${JSON.stringify(name)}, such as "v2"`,
];
const uri = (name: string, answer: string): Row => [
  name,
  `server: SKLEARN_SERVER\nuri: ${name}`,
  `uri: ${answer}, not "${name}", such as "models:/wine-elasticnet@champion"`,
];

modelRefuses({
  'an object for kubectl, by one line': [
    [
      'a SeldonDeployment',
      'apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {name: x}\nspec: {predictors: []}',
      'is an object for kubectl and not a model file; "npx ml-platform models import FILE" makes model files of SeldonDeployments',
    ],
  ],
  "Seldon's fields, wherever they stand": [
    ['implementation', `implementation: X\n${MODEL}`, expectName('implementation')],
    [
      'those of a graph',
      'graph: {name: a, server: SKLEARN_SERVER, uri: s3://models/a, modelUri: s3://models/a}',
      `graph.${expectName('modelUri')}`,
    ],
    ['those of a predictor', `${MODEL}predictors: [{name: a, hpaSpec: {}}]`, `predictors[0].${expectName('hpaSpec')}`],
    [
      'those of a scaler',
      `${MODEL}autoscaling: {minReplicas: 1, max: 3, cpu: 80}`,
      `autoscaling.${expectName('minReplicas')}`,
    ],
    [
      'a GPU among the limits',
      `${MODEL}resources: {limits: {nvidia.com/gpu: 1}}`,
      `resources.limits.${expectName('nvidia.com/gpu')}`,
    ],
  ],
  'other names of protocols': [
    protocol('kfserving', 'must be v2, as this protocol is called here'),
    protocol('v2 open inference', 'must be v2, as this protocol is called here'),
    protocol('grpc', 'must be v2, seldon or tensorflow, each of which is served by HTTP and by gRPC'),
  ],
  'sources that other tools take': [
    uri('s3://models', 'must name a folder below the bucket, since all of it would be fetched'),
    uri('s3://models/', 'must name a folder below the bucket, since all of it would be fetched'),
    uri('models:/x/Production', 'must name a version or an alias in place of a stage, which MLflow has given up'),
    uri('models:/x', 'must name a version or an alias of the registered model'),
  ],
});

/** The line of the table for a field. */
function expectName(field: string): string {
  return `${field}: ${SELDON_NAMES.fields[field]}`;
}

/** The names of all fields below a schema. */
function fieldsIn(schema: JsonSchema): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [name, ...fieldsIn(field)]);
  const further = [...(schema.anyOf ?? []), ...Object.values(schema.$defs ?? {})];
  return [...own, ...further.flatMap(fieldsIn), ...(schema.items ? fieldsIn(schema.items) : [])];
}

test('a place that the table names is there', () => {
  const known = fieldsIn(inputSchema(modelFields));
  const told = Object.values(SELDON_NAMES.fields).flatMap(
    (answer) => /^(?:is called|stands in) ([a-z]\w+)(?:,| here|$)/.exec(answer)?.[1] ?? [],
  );
  expect(told.length).toBeGreaterThan(10);
  expect(told.filter((name) => !known.includes(name))).toEqual([]);
});
