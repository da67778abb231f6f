/** README.md: short, and a quick start that applies what the starting environment renders. */
import { readFileSync } from 'node:fs';
import { blocksOf } from '../support/markdown';
import { stagesOf, startingPlatform } from '../support/starting-platform';

test('README.md has at most 10 KB', () => {
  expect(readFileSync('README.md').byteLength).toBeLessThanOrEqual(10 * 1024);
});

test('the quick start applies every stage of dist/, once and in order', () => {
  const block = blocksOf('README.md').find(({ heading }) => heading === 'Quick start on minikube');
  const applied = [...(block?.text ?? '').matchAll(/apply .*-f dist\/minikube\/(\S+)/g)].map(([, stage]) => stage);
  expect(applied).toEqual(stagesOf(startingPlatform()));
});
