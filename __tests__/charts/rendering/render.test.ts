/** The text of rendered files. */
import { renderEnvironments } from '../../../charts/rendering/render';
import { environmentsIn, MODEL } from '../../support/environments';

test('environments that say the same have the same manifests', () => {
  const one = (name: string) => ({ [`${name}/platform.yaml`]: '', [`${name}/models/mlflow-wine.yaml`]: MODEL });
  const files = [...renderEnvironments(environmentsIn({ ...one('left'), ...one('right') }))];
  const below = (name: string) =>
    files
      .filter(({ path }) => path.startsWith(`${name}/`) && path.endsWith('.yaml'))
      .map(({ path, text }) => [path.slice(name.length), text] as const);
  expect(below('left').length).toBeGreaterThan(5);
  expect(below('left')).toEqual(below('right'));
});
