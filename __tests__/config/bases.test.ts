/** Shared bases: what a file gets of those that it extends, and what is refused. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvironment } from '../../charts/environment/environments';
import { environmentsIn, type Files, MODEL, problemsIn, withFolder, writeFiles } from '../support/environments';

const NO_FRONTEND = 'frontend: {enabled: false}\n';

/** The one environment in these files that is rendered. */
function only(files: Files) {
  const [environment, ...others] = environmentsIn(files);
  if (environment === undefined || others.length > 0) throw new Error(`${others.length + 1} environments`);
  return environment;
}

describe('a platform file that extends', () => {
  const base = { 'base/platform.yaml': `base: true\n${NO_FRONTEND}mlflow: {replicas: 3, workers: 2}\n` };

  test.each([
    ['a folder', '../base'],
    ['a folder with a slash', '../base/'],
    ['a file', '../base/platform.yaml'],
    ['a file without its ending', '../base/platform'],
    ['a list of one', '[../base]'],
  ])('%s gets what it says, and wins over it', (_, path) => {
    const { mlflow, frontend } = only({ ...base, 'test/platform.yaml': `extends: ${path}\nmlflow: {replicas: 2}\n` });
    expect([mlflow.replicas, mlflow.workers, frontend.enabled]).toEqual([2, 2, false]);
  });

  test('gets the default where it removes what the base says', () => {
    const { mlflow } = only({ ...base, 'test/platform.yaml': 'extends: ../base\nmlflow: {workers: null}\n' });
    expect([mlflow.replicas, mlflow.workers]).toEqual([3, 1]);
  });

  test('several bases lets a later one win', () => {
    const { mlflow } = only({
      ...base,
      'more.yaml': 'mlflow: {replicas: 4}\n',
      'test/platform.yaml': 'extends: [../base, ../more]\n',
    });
    expect([mlflow.replicas, mlflow.workers]).toEqual([4, 2]);
  });

  test('a base that extends another gets both, each path relative to the file that says it', () => {
    const { mlflow } = only({
      'root.yaml': `${NO_FRONTEND}mlflow: {replicas: 4, workers: 2}\n`,
      'deep/platform.yaml': 'base: true\nextends: ../root\nmlflow: {replicas: 3}\n',
      'test/platform.yaml': 'extends: ../deep\n',
    });
    expect([mlflow.replicas, mlflow.workers]).toEqual([3, 2]);
  });

  test('one base by two ways is no circle', () => {
    const { mlflow } = only({
      ...base,
      'a.yaml': 'extends: base\n',
      'b.yaml': 'extends: base\nmlflow: {replicas: 4}\n',
      'test/platform.yaml': 'extends: [../a, ../b]\n',
    });
    expect([mlflow.replicas, mlflow.workers]).toEqual([4, 2]);
  });

  test('another environment leaves that one as it is', () => {
    const environments = environmentsIn({
      'prod/platform.yaml': `${NO_FRONTEND}mlflow: {replicas: 3}\n`,
      'test/platform.yaml': 'extends: ../prod\nmlflow: {replicas: 1}\n',
    });
    expect(environments.map(({ environment, mlflow }) => [environment, mlflow.replicas])).toEqual([
      ['prod', 3],
      ['test', 1],
    ]);
  });

  test('a folder does not get its models', () => {
    const { models } = only({ ...base, 'base/models/m.yaml': MODEL, 'test/platform.yaml': 'extends: ../base\n' });
    expect(models).toEqual([]);
  });

  test('a file beside the folder of the environments, in the one that holds it', () => {
    withFolder((root) => {
      writeFiles(root, {
        'shared/all.yaml': NO_FRONTEND,
        'environments/test/platform.yaml': 'extends: ../../shared/all\n',
      });
      expect(loadEnvironment(join(root, 'environments'), 'test').frontend.enabled).toBe(false);
    });
  });

  test('nothing leaves no trace of the fields that are about files', () => {
    const {
      extends: _,
      base: __,
      ...others
    } = only({ ...base, 'test/platform.yaml': 'extends: ../base\n' }) as object & {
      extends?: unknown;
      base?: unknown;
    };
    expect([_, __]).toEqual([undefined, undefined]);
    expect(Object.keys(others)).toContain('mlflow');
  });
});

describe('a model file that extends', () => {
  const platform = { 'test/platform.yaml': NO_FRONTEND };
  const base = 'server: SKLEARN_SERVER\nuri: s3://models/a/1\nreplicas: 4\nresources: {limits: {memory: 3Gi}}\n';

  test('a folder gets the model of the same name in it, and the name of its own file', () => {
    const [model] = only({
      ...platform,
      'base/platform.yaml': 'base: true\n',
      'base/models/wine.yaml': base,
      'test/models/wine.yaml': 'extends: ../../base\nreplicas: 2\n',
    }).models;
    expect([model?.name, model?.predictors[0]?.replicas]).toEqual(['wine', 2]);
    expect(model?.predictors[0]?.graph.resources.limits.memory).toBe('3Gi');
  });

  test('a file of another name keeps its own name, unless the base says one', () => {
    const named = (text: string) =>
      only({ ...platform, 'any.yaml': `${base}${text}`, 'test/models/wine.yaml': 'extends: ../../any\n' }).models[0]
        ?.name;
    expect([named(''), named('name: other\n')]).toEqual(['wine', 'other']);
  });

  test('another model of its environment leaves that one as it is', () => {
    const { models } = only({
      ...platform,
      'test/models/a.yaml': base,
      'test/models/b.yaml': 'extends: a\nuri: s3://models/b/1\n',
    });
    expect(models.map(({ name, predictors: [main] }) => [name, main?.graph.uri, main?.replicas])).toEqual([
      ['a', 's3://models/a/1', 4],
      ['b', 's3://models/b/1', 4],
    ]);
  });
});

describe('a base that was read once is the same to all', () => {
  test('and a fault in it is said once', () => {
    const problems = problemsIn({
      'test/platform.yaml': NO_FRONTEND,
      'base.yaml': 'a: [',
      'test/models/a.yaml': 'extends: ../../base\n',
      'test/models/b.yaml': 'extends: ../../base\n',
    });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^environments\/base\.yaml: line /);
  });
});

interface Refusal {
  readonly name: string;
  readonly files: Files;
  readonly prepare?: (folder: string) => void;
  readonly problems: readonly string[];
}

const REFUSED: readonly Refusal[] = [
  {
    name: 'a value of a base, by the name of the base',
    files: {
      'base.yaml': 'mlflow: {replicas: 0, workers: 0}\n',
      'test/platform.yaml': `extends: ../base\n${NO_FRONTEND}mlflow: {workers: 99}\n`,
    },
    problems: [
      'environments/base.yaml: mlflow.replicas: must be a whole number from 1 to 10, not 0, such as 2',
      'environments/test/platform.yaml: mlflow.workers: must be a whole number from 1 to 32, not 99, such as 4',
    ],
  },
  {
    name: 'an unknown field of a base, by the name of the base',
    files: { 'base.yaml': 'mlflow: {replica: 2}\n', 'test/platform.yaml': `extends: ../base\n${NO_FRONTEND}` },
    problems: ['environments/base.yaml: mlflow.replica: unknown field; did you mean "replicas"?'],
  },
  {
    name: 'base: true in a model file, which is no folder',
    files: {
      'base.yaml': `base: true\n${MODEL}`,
      'test/platform.yaml': NO_FRONTEND,
      'test/models/m.yaml': 'extends: ../../base\n',
    },
    problems: ['environments/base.yaml: base: unknown field; did you mean "name"?'],
  },
  {
    name: 'a value that is missing, by the name of the file itself',
    files: {
      'base.yaml': 'uri: s3://models/a/1\n',
      'test/platform.yaml': NO_FRONTEND,
      'test/models/m.yaml': 'extends: ../../base\n',
    },
    problems: ['environments/test/models/m.yaml: server: is required, such as "MLFLOW_SERVER"'],
  },
  {
    name: 'what files do not say together, by the name of the base that says it',
    files: {
      'base.yaml': 'server: SKLEARN_SERVER\nuri: s3://elsewhere/a/1\n',
      'test/platform.yaml': NO_FRONTEND,
      'test/models/m.yaml': 'extends: ../../base\n',
    },
    problems: [
      'environments/base.yaml: uri: is s3://elsewhere/a/1, outside the bucket that models are read from, such as "s3://models/m/1"',
    ],
  },
  {
    name: 'a model name that nobody has resolved, by the name of the base that says it',
    files: {
      'base.yaml': 'server: SKLEARN_SERVER\nuri: models:/wine@champion\n',
      'test/platform.yaml': NO_FRONTEND,
      'test/models/m.yaml': 'extends: ../../base\n',
    },
    problems: [
      expect.stringMatching(
        /^environments\/base\.yaml: uri: is models:\/wine@champion, which models\.lock\.yaml does not resolve/,
      ),
    ],
  },
  {
    name: 'null where no base says anything',
    files: { 'base.yaml': NO_FRONTEND, 'test/platform.yaml': 'extends: ../base\nmlflow: null\n' },
    problems: ['environments/test/platform.yaml: mlflow: has no value; remove the line or give it one'],
  },
  {
    name: 'null without a base',
    files: { 'test/platform.yaml': `${NO_FRONTEND}mlflow: null\n` },
    problems: ['environments/test/platform.yaml: mlflow: has no value; remove the line or give it one'],
  },
  {
    name: 'a base that there is not',
    files: { 'test/platform.yaml': `extends: ../bsae\n${NO_FRONTEND}` },
    problems: [
      'environments/test/platform.yaml: extends: is "../bsae", but there is no environments/bsae.yaml and no environments/bsae/platform.yaml',
    ],
  },
  {
    name: 'a base in a list that there is not',
    files: { 'base.yaml': '', 'test/platform.yaml': `extends: [../base, ../other.yaml]\n${NO_FRONTEND}` },
    problems: [
      'environments/test/platform.yaml: extends[1]: is "../other.yaml", but there is no environments/other.yaml',
    ],
  },
  {
    name: 'a folder without a model of that name',
    files: {
      'base/platform.yaml': NO_FRONTEND,
      'base/models/other.yaml': MODEL,
      'test/platform.yaml': NO_FRONTEND,
      'test/models/m.yaml': 'extends: ../../base\n',
    },
    problems: [
      'environments/test/models/m.yaml: extends: is "../../base", but there is no environments/base.yaml and no environments/base/models/m.yaml',
    ],
  },
  {
    name: 'a path that can be a file or a folder',
    files: { 'base.yaml': '', 'base/platform.yaml': NO_FRONTEND, 'test/platform.yaml': 'extends: ../base\n' },
    problems: [
      // Nobody extends it now.
      expect.stringMatching(/^environments\/base\.yaml: not read/),
      'environments/test/platform.yaml: extends: is "../base", which can be environments/base.yaml or environments/base/platform.yaml; name one of these files',
    ],
  },
  {
    name: 'a file that extends itself',
    files: { 'test/platform.yaml': 'extends: .\n' },
    problems: [
      'environments/test/platform.yaml: extends: leads back to where it began: environments/test/platform.yaml -> environments/test/platform.yaml',
    ],
  },
  {
    name: 'a circle of bases',
    files: { 'a.yaml': 'extends: b\n', 'b.yaml': 'extends: a\n', 'test/platform.yaml': 'extends: ../a\n' },
    problems: [
      'environments/b.yaml: extends: leads back to where it began: environments/test/platform.yaml -> environments/a.yaml -> environments/b.yaml -> environments/a.yaml',
    ],
  },
  {
    name: 'a circle through a link',
    files: { 'test/platform.yaml': 'extends: again\n' },
    prepare: (folder) => symlinkSync('platform.yaml', join(folder, 'test/again.yaml')),
    problems: [
      expect.stringMatching(/^environments\/test\/again\.yaml: not read/),
      expect.stringMatching(/^environments\/test\/platform\.yaml: extends: leads back to where it began/),
    ],
  },
  {
    name: 'a path outside the folder that holds the environments',
    files: { 'test/platform.yaml': `extends: ../../../elsewhere\n${NO_FRONTEND}` },
    problems: [
      'environments/test/platform.yaml: extends: is "../../../elsewhere", outside the folder that holds the environments; a base lies in it, such as "../base"',
    ],
  },
  {
    name: 'a link that leads outside',
    files: { 'test/platform.yaml': `extends: ../base\n${NO_FRONTEND}` },
    prepare: (folder) => symlinkSync(__filename, join(folder, 'base.yaml')),
    problems: [
      expect.stringMatching(/^environments\/base\.yaml: not read/),
      expect.stringMatching(/extends: is a link to .+bases\.test\.ts, outside /),
    ],
  },
  {
    name: 'an absolute path',
    files: { 'test/platform.yaml': `extends: /etc/base.yaml\n${NO_FRONTEND}` },
    problems: [
      'environments/test/platform.yaml: extends: must be a path relative to this file, not "/etc/base.yaml", such as "../base"',
    ],
  },
  {
    name: 'an empty list of bases',
    files: { 'test/platform.yaml': `extends: []\n${NO_FRONTEND}` },
    problems: [
      'environments/test/platform.yaml: extends: must be a path relative to this file, or a list of them, not an empty list, such as "../base"',
    ],
  },
  {
    name: 'a wrong `extends` in a base, by the name of the base',
    files: { 'base.yaml': 'extends: 5\n', 'test/platform.yaml': `extends: ../base\n${NO_FRONTEND}` },
    problems: [
      'environments/base.yaml: extends: must be a path relative to this file, or a list of them, not 5, such as "../base"',
    ],
  },
  {
    name: 'a base that is no mapping',
    files: { 'base.yaml': '- a\n', 'test/platform.yaml': `extends: ../base\n${NO_FRONTEND}` },
    problems: ['environments/base.yaml: must be a mapping, since another file extends it'],
  },
  {
    name: 'aliases that multiply in a file and its base',
    files: (() => {
      const bomb = `a: &a {x: 1}\n${[...'bcdefgh'].map((name, index) => `${name}: &${name} {${[0, 1, 2, 3].map((key) => `k${key}: *${'abcdefgh'[index]}`).join(', ')}}`).join('\n')}\n`;
      return { 'base.yaml': bomb, 'test/platform.yaml': `extends: ../base\n${bomb}` };
    })(),
    problems: ['environments/test/platform.yaml: extends: has more than 1000 mappings to merge; remove its aliases'],
  },
  {
    name: 'a file beside the environments that none of them extends',
    files: { 'base.yaml': '', 'unused.yaml': '', 'test/platform.yaml': `extends: ../base\n${NO_FRONTEND}` },
    problems: [
      'environments/unused.yaml: not read; an environment is a folder, such as "environments/unused/platform.yaml"',
    ],
  },
  {
    name: 'a base folder that nothing extends, which would silently be left out',
    files: { 'copy/platform.yaml': 'base: true\n', 'test/platform.yaml': NO_FRONTEND },
    problems: [
      'environments/copy/platform.yaml: base: is true, but no file extends this folder; remove it to render the folder',
    ],
  },
  {
    name: '`base` that is neither true nor false',
    files: { 'test/platform.yaml': `base: maybe\n${NO_FRONTEND}` },
    problems: ['environments/test/platform.yaml: base: must be true or false, not "maybe", such as true'],
  },
];

describe('is refused:', () => {
  test.each(REFUSED)('$name', ({ files, prepare, problems }) => {
    expect(problemsIn(files, prepare)).toEqual(problems);
  });

  test('a base, where one environment is asked for', () => {
    withFolder((folder) => {
      mkdirSync(join(folder, 'base'));
      writeFileSync(join(folder, 'base/platform.yaml'), 'base: true\n');
      expect(() => loadEnvironment(folder, 'base')).toThrow('is a base of environments (base: true), and is none');
    });
  });
});
