/** What a model file may say of its form. */
import { problemsIn } from '../../support/environments';

const problems = (form: string) =>
  problemsIn({
    'test/platform.yaml': 'frontend: {enabled: false}\n',
    'test/models/m.yaml': `server: MLFLOW_SERVER\nuri: s3://models/m/1\nform: ${form}\n`,
  }).map((line) => line.replace('environments/test/models/m.yaml: form.', ''));

test.each([
  ['{inputs: [{unit: kg}]}', 'inputs[0].name: is required, such as "fixed acidity"'],
  ['{inputs: [{name: ""}]}', 'inputs[0].name: must be 1 to 100 printable characters, not "", such as "fixed acidity"'],
  ['{inputs: [{name: a}, {name: a}]}', 'inputs[1].name: is "a", like an input before it; remove one'],
  ['{inputs: [{name: a, min: 3, max: 3}]}', 'inputs[0].min: is 3, not less than max, which is 3'],
  ['{inputs: [{name: a, step: 0}]}', 'inputs[0].step: is 0; it must be more than 0, such as 0.1'],
  ['{inputs: [{name: a, min: 1, default: 0}]}', 'inputs[0].default: is 0, less than min, which is 1'],
  ['{inputs: [{name: a, max: 1, default: 2}]}', 'inputs[0].default: is 2, more than max, which is 1'],
  [
    '{inputs: [{name: a, type: string, choices: [x], default: y}]}',
    'inputs[0].default: is "y", which is not one of choices',
  ],
  [
    '{inputs: [{name: a, type: string, choices: []}]}',
    'inputs[0].choices: must be a list of texts or numbers, not an empty list, such as ["red","white"]',
  ],
  [
    '{inputs: [{name: a, type: text}]}',
    'inputs[0].type: must be one of boolean, integer, long, float, double, string, datetime, not "text", such as "double"',
  ],
  ['{inputs: [{name: a, type: string, choices: [x, x]}]}', 'inputs[0].choices: names a value twice; remove one'],
  ['{inputs: [{name: a, type: long, step: 0.5}]}', 'inputs[0].step: has 0.5, which is no long'],
  ['{inputs: [{name: a, type: integer, max: 3000000000}]}', 'inputs[0].max: has 3000000000, which is no integer'],
  [
    '{inputs: [{name: a, type: long, default: 9007199254740993}]}',
    'inputs[0].default: has 9007199254740992, which is no long',
  ],
  [
    '{inputs: [{name: a, type: boolean, choices: [1]}]}',
    'inputs[0].choices: is not for a boolean, which "a" is; remove it',
  ],
  [
    '{inputs: [{name: a, type: datetime, default: "2024-02-30"}]}',
    'inputs[0].default: has "2024-02-30", which is no datetime',
  ],
  [
    '{inputs: [{name: a, type: datetime, default: "2024-02-03T10:00Z"}]}',
    'inputs[0].default: has "2024-02-03T10:00Z", which is no datetime',
  ],
  ['{inputs: [{name: a, default: high}]}', 'inputs[0].default: has "high", which is no double'],
  ['{inputs: [{name: a, type: boolean, default: 1}]}', 'inputs[0].default: has 1, which is no boolean'],
  ['{inputs: [{name: a, type: long, choices: [1, 1.5]}]}', 'inputs[0].choices: has 1.5, which is no long'],
  ['{inputs: [{name: a, type: datetime, min: 1}]}', 'inputs[0].min: is for numbers, and "a" is a datetime; remove it'],
  [
    '{inputs: [{name: a, maximum: 1}]}',
    'inputs[0].maximum: unknown field; the fields here are name, type, unit, min, max, step, default, choices',
  ],
  ['{output: {min: 2, max: 1}}', 'output.min: is 2, not less than max, which is 1'],
])('%s is refused', (form, problem) => {
  expect(problems(form)).toEqual([problem]);
});

test.each([
  '{inputs: [{name: a, type: datetime, default: "2024-02-29"}]}',
  '{inputs: [{name: a, type: datetime, default: "2024-02-29T08:30"}]}',
  '{inputs: [{name: a, type: datetime, default: "2024-02-29 08:30:01.5"}]}',
  '{inputs: [{name: a, type: integer, min: -5, max: 5, step: 1, default: 0, choices: [0, 1]}]}',
  '{inputs: [{name: a, type: boolean, default: false}], output: {label: Y, unit: kg}}',
])('%s is accepted', (form) => {
  expect(() => problems(form)).toThrow(/^accepted/);
});
