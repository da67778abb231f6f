/** Namespaces and their Pod Security levels. */
import { Namespaces } from '../../../charts/namespaces/namespaces';
import { build } from '../../support/foreign';

const { component, objects } = build(
  (app) =>
    new Namespaces(app, {
      namespaces: [
        { name: 'strict-x', level: 'restricted' },
        { name: 'open-x', level: 'baseline' },
      ],
    }),
);
const level = (name: string, mode: string) =>
  objects.find(({ metadata }) => metadata.name === name)?.metadata.labels?.[`pod-security.kubernetes.io/${mode}`];

test('come first, since everything else is in one', () => {
  expect(component.stage).toBe('10-setup');
});

test('are the ones that are asked for, and nothing beside them', () => {
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'Namespace strict-x',
    'Namespace open-x',
  ]);
});

test('are cluster-scoped', () => {
  expect(objects.map(({ metadata }) => metadata.namespace)).toEqual([undefined, undefined]);
});

test('refuse pods below the level that each is given', () => {
  expect(level('strict-x', 'enforce')).toBe('restricted');
  expect(level('open-x', 'enforce')).toBe('baseline');
});

test('warn of pods below "restricted", and note them, whatever they let in', () => {
  for (const name of ['strict-x', 'open-x']) {
    expect([level(name, 'warn'), level(name, 'audit')]).toEqual(['restricted', 'restricted']);
  }
});

test('are none where none are asked for', () => {
  expect(build((app) => new Namespaces(app, { namespaces: [] })).objects).toEqual([]);
});
