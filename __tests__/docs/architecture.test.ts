/** docs/architecture.md lists what is deployed. */
import { existsSync, readFileSync } from 'node:fs';
import { STAGES } from '../../charts/lib/stages';
import { blocksOf } from '../support/markdown';
import { filesOf } from '../support/platform';
import { startingPlatform } from '../support/starting-platform';

const text = readFileSync('docs/architecture.md', 'utf8');
const objects = [...filesOf(startingPlatform()).values()].flat();

test('every Service that has an address is named with its port', () => {
  const services = objects.filter(({ kind, spec }) => kind === 'Service' && spec.clusterIP !== 'None');
  expect(services.length).toBeGreaterThan(4);
  const addresses = services.map(
    ({ metadata: { name, namespace }, spec }) => new RegExp(`\`${name}(\\.${namespace})?:${spec.ports[0].port}\``),
  );
  expect(addresses.filter((address) => !address.test(text))).toEqual([]);
});

test('every namespace has a row', () => {
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  expect(namespaces).toHaveLength(6);
  expect(namespaces.filter((name) => !text.includes(`\n| ${name} |`))).toEqual([]);
});

test.each(['docs/architecture.md', 'docs/operations.md'])('%s has every stage', (file) => {
  const named: string[] = readFileSync(file, 'utf8').match(/`\d\d-[a-z]+`/g) ?? [];
  expect(STAGES.filter((stage) => !named.includes(`\`${stage}\``))).toEqual([]);
});

test('CONTRIBUTING.md names folders and files that there are', () => {
  const [list] = blocksOf('CONTRIBUTING.md').filter(({ heading, language }) => heading === 'Where is it?' && !language);
  const named = [...(list?.text ?? '').matchAll(/^((?:[\w./]+ )+) */gm)].flatMap(([, paths = '']) =>
    paths.trim().split(' '),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});
