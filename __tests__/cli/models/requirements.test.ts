/** What a model was saved with, beside what the image of its server loads it with. */
import { CATALOGUE } from '../../../charts/images/catalogue';
import { type Loading, readRequirements, versionWarning } from '../../../cli/models/requirements';

test('the files of MLflow name the Python and the packages, pinned, whatever way their names are written', () => {
  const texts = new Map([
    ['python_env.yaml', "python: '3.12.4'\nbuild_dependencies:\n- pip==23.0\n"],
    ['requirements.txt', 'mlflow>=2\nScikit_Learn==1.5.2\nxgboost[gpu] == 2.1.2 ; python_version > "3"\n# numpy==1\n'],
  ]);
  expect(readRequirements(texts)).toEqual({
    python: '3.12.4',
    packages: { 'scikit-learn': '1.5.2', xgboost: '2.1.2' },
  });
  expect(readRequirements(new Map())).toEqual({ packages: {} });
});

describe('a model is warned of', () => {
  const saved = { python: '3.8.17', packages: { 'scikit-learn': '0.24.1', xgboost: '2.1.2' } };
  const warning = (change: Partial<Loading>, overridden: string[] = []) =>
    versionWarning({ server: 'XGBOOST_SERVER', protocol: 'seldon', files: [], saved, ...change }, overridden);

  test('where the image has other versions, of which a patch is none', () => {
    expect(warning({})).toBe(
      'was saved with xgboost 2.1.2, and the image of XGBOOST_SERVER has xgboost 1.4.2; it may not load',
    );
    expect(warning({ server: 'SKLEARN_SERVER' })).toBeUndefined();
  });

  test('where the image has another Python', () => {
    expect(warning({ server: 'SKLEARN_SERVER', protocol: 'v2' })).toBe(
      'was saved with Python 3.8.17, and the image of SKLEARN_SERVER has Python 3.10; it may not load',
    );
  });

  test('and not where it brings its environment, which only MLServer reads', () => {
    const files = ['model.pkl', 'environment.tar.gz'];
    expect(warning({ protocol: 'v2', files })).toBeUndefined();
    expect(warning({ files })).toBeDefined();
  });

  test.each([
    ['the environment has an image of its own', warning({}, ['xgboostServer'])],
    ['nothing is known of the server', warning({ server: 'TRITON_SERVER', protocol: 'v2' })],
    ['the model runs in an image of its own', warning({ server: undefined })],
    ['its files say nothing', warning({ saved: undefined })],
  ])('and not where %s', (_, said) => {
    expect(said).toBeUndefined();
  });
});

test('each image of Seldon that loads models with Python says which', () => {
  const servers = Object.entries(CATALOGUE).filter(([name]) => /^(sklearn|xgboost|mlserver)/.test(name));
  expect(servers.length).toBeGreaterThan(5);
  for (const [, entry] of servers)
    expect(entry).toMatchObject({ runtime: { python: expect.stringMatching(/^3\.\d+$/), source: expect.any(String) } });
});
