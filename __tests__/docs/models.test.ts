/** What docs/models.md says of servers, and of what the first model becomes. */
import { readFileSync } from 'node:fs';
import { SERVERS } from '../../charts/models/image';
import { expand } from '../../charts/seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../../charts/seldon/expansion/seldon-json';
import { blocksOf } from '../support/markdown';
import { filesOf } from '../support/platform';
import { startingPlatform } from '../support/starting-platform';

/** The rows of the tables below a heading of docs/models.md, without the code marks. */
const rowsBelow = (heading: string) => {
  const below = readFileSync('docs/models.md', 'utf8').split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = [...below.matchAll(/^\| (.*) \|$/gm)].map(([, row = '']) => row.replaceAll('`', '').split(' | '));
  return rows.slice(2);
};

test('the first model becomes the objects that the operator makes of it', () => {
  const block = blocksOf('docs/models.md').find(({ heading }) => heading === 'The first model');
  const platform = startingPlatform({ [block?.marks.file ?? '']: block?.text });
  const [deployment] = filesOf(platform).get('50-models/iris.yaml') ?? [];
  const made = expand(deployment as unknown as SeldonDeploymentJson).map(({ kind, metadata }) => [kind, metadata.name]);
  const told = rowsBelow('The first model').map(([kind, name]) => [kind, name]);
  expect(told.sort()).toEqual(made.sort());
});

test('every server is told with its protocols', () => {
  const told = rowsBelow('Servers and protocols').map(([server, , protocols = '']) => [
    server,
    protocols.split(', ').sort(),
  ]);
  const known = Object.entries(SERVERS).map(([server, protocols]) => [server, Object.keys(protocols).sort()]);
  expect(told.sort()).toEqual(known.sort());
});
