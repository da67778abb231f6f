/** What the package exports. */
import * as exported from '../../charts/index';
import { readFolder } from '../support/folders';

test('is every component', () => {
  const sources = Object.entries(readFolder('charts')).filter(([path]) => path.endsWith('.ts'));
  const components = sources.flatMap(([, text]) =>
    [...text.matchAll(/^export class (\w+) extends (?:Monitored)?Component\b/gm)].map(([, name]) => name),
  );
  expect(components.length).toBeGreaterThan(10);
  expect(components.filter((name = '') => !(name in exported))).toEqual([]);
});
