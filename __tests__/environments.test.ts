/**
 * Every environment of the repository, whatever their number, names and content: each renders, satisfies all
 * invariants, is what dist/ has, and is what its accepted inventory says.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { loadEnvironments } from '../charts/environment/environments';
import { inventory } from '../charts/inventory/inventory';
import { composePlatform } from '../charts/platform';
import { renderEnvironments } from '../charts/rendering/render';
import { expectAccepted, expectNoneLeftOver } from './support/accepted';
import { readFolder } from './support/folders';
import { filesOf } from './support/platform';
import { schemaFaults } from './support/schemas';
import { allViolations, wiredView } from './support/wiring';

describe.each([
  { folder: 'environments', dist: 'dist', accepted: '__tests__/inventory' },
  { folder: 'examples/environments', dist: 'examples/dist', accepted: '__tests__/inventory/examples' },
])('$folder', ({ folder, dist, accepted }) => {
  const environments = loadEnvironments(folder);
  const inventoryOf = (environment: string) => join(accepted, `${environment}.txt`);

  describe.each(environments.map((config) => ({ name: config.environment, config })))('$name', ({ name, config }) => {
    const files = filesOf(composePlatform(config));
    const objects = [...files.values()].flat();

    test('satisfies every invariant', () => {
      expect(allViolations(wiredView(config))).toEqual([]);
    });

    test('has only objects that fit their types', () => {
      expect(objects.flatMap(schemaFaults)).toEqual([]);
    });

    test('can be applied stage by stage: a namespace is in a file that comes before its objects', () => {
      // Those of cert-manager and of the Gateway are there before the platform.
      const { certificates, access } = config;
      const there = [certificates.certManagerNamespace, access.gateway.namespace];
      const known = new Set<string | undefined>([undefined, ...there]);
      const early: string[] = [];
      for (const [path, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
        for (const { kind, metadata } of content) {
          if (kind === 'Namespace') known.add(metadata.name);
          if (!known.has(metadata.namespace)) early.push(`${path}: ${metadata.namespace}`);
        }
      }
      expect(early).toEqual([]);
    });

    test('has every file in its kustomization.yaml', () => {
      const kustomization = [...renderEnvironments([config])].find(
        ({ path }) => basename(path) === 'kustomization.yaml',
      );
      const { resources } = parse(kustomization?.text ?? '') as { resources: string[] };
      expect(resources.sort()).toEqual([...files.keys()].sort());
    });

    test(`is in ${dist}/ as it is rendered now; "npm run synth" and "npm run examples" write it`, () => {
      const rendered = Object.fromEntries([...renderEnvironments([config])].map(({ path, text }) => [path, text]));
      const written = Object.entries(readFolder(join(dist, name))).map(([path, text]) => [`${name}/${path}`, text]);
      expect(Object.fromEntries(written)).toEqual(rendered);
    });

    test('is what its inventory says', () => {
      expectAccepted(inventoryOf(name), inventory(name, objects));
    });
  });

  const names = environments.map(({ environment }) => environment);

  test(`are all that is in ${dist}/`, () => {
    expect(readdirSync(dist).sort()).toEqual([...names].sort());
  });

  test('are all that has an inventory', () => {
    const written = readdirSync(accepted).filter((file) => file.endsWith('.txt'));
    expectNoneLeftOver(
      written.map((file) => join(accepted, file)).filter((file) => !names.map(inventoryOf).includes(file)),
    );
  });
});
