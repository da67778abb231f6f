/** Limits of CPU and memory that are left out everywhere. That the platform is sound without them is in invariants.test.ts. */

import { inventory } from '../charts/inventory/inventory';
import { NO_LIMIT } from '../charts/lib/quantity';
import { capacityOf, sum } from '../charts/rendering/capacity';
import { podsOf } from './support/cluster';
import { withoutLimits } from './support/configurations';
import { objectsOf } from './support/platform';
import { containersOf } from './support/pod-security';

const objects = objectsOf(withoutLimits());
const containers = podsOf(objects).flatMap(({ spec }) => containersOf(spec));

/** Containers whose size no field says: they do one small thing, once or in passing. */
const OWN_SIZE = [
  'dump',
  'put',
  'get',
  'restore',
  'setup',
  'buckets',
  'gc',
  'fetch',
  'predictions',
  'truth',
  'upload',
  'explainer-model-initializer',
  'exporter',
];

test('no container that a field sizes has a limit of them, and each keeps that of its disk', () => {
  const limits = containers
    .filter(({ name }) => !OWN_SIZE.includes(name))
    .map(({ name, resources }) => `${name}: ${Object.keys(resources.limits)}`);
  expect(limits.length).toBeGreaterThan(25);
  expect(limits.filter((line) => !line.endsWith(': ephemeral-storage'))).toEqual([]);
});

test('no object has the word of the configuration for it', () => {
  const texts = objects.map((object) => JSON.stringify(object));
  expect(texts.filter((text) => new RegExp(`"(cpu|memory)":"${NO_LIMIT}"`).test(text))).toEqual([]);
});

test('what they request is summed all the same', () => {
  const { cpu, memory } = sum(objects.map(capacityOf));
  expect(cpu).toBeGreaterThan(1);
  expect(memory).toBeGreaterThan(2 ** 30);
});

test('an inventory says that they may use any amount', () => {
  expect(inventory('x', objects)).toMatch(/manager +50m to any CPU +128Mi to any /);
});
