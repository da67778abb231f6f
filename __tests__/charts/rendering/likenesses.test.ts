/** Files that are alike are rendered once, and nobody can tell from what is written. */

import type { PlatformConfig } from '../../../charts/config';
import type { ComponentFile } from '../../../charts/lib/component';
import { toYaml } from '../../../charts/lib/yaml';
import { composePlatform } from '../../../charts/platform';
import { Likenesses } from '../../../charts/rendering/likenesses';
import { renderEnvironments } from '../../../charts/rendering/render';
import { configurations } from '../../support/configurations';
import { platformConfig } from '../../support/platform';

/** Usual names, words that YAML would read as something else, and words that stand in manifests for something else. */
const NAMES = [
  'one',
  'two',
  'three',
  'four',
  'e',
  'y',
  'e5',
  'true',
  'null',
  'v2',
  'classifier',
  'default',
  'likeness-1-of',
];

type Model = PlatformConfig['models'][number];
type Node = Model['predictors'][number]['graph'];

/** A model of the same kind. */
function sibling(model: Model, name: string): Model {
  const moved = (node: Node): Node => ({
    ...node,
    ...(node.uri?.startsWith('s3://') && { uri: `${node.uri.replace(/\/$/, '')}/${name}` }),
    children: node.children.map(moved),
  });
  return {
    ...model,
    name,
    predictors: model.predictors.map((predictor) => ({ ...predictor, graph: moved(predictor.graph) })),
  };
}

/** Each model of an environment, and siblings of it. Detectors and batches are other files. */
const withSiblings = ({ models, ...config }: PlatformConfig): PlatformConfig => ({
  ...config,
  models: models.flatMap((model, index) => [
    model,
    ...(index === 0 ? NAMES : NAMES.slice(0, 3).map((name) => `${name}-${index}`)).map((name) => sibling(model, name)),
  ]),
});

/** The texts of an environment's models, each rendered for itself. */
function oneByOne(config: PlatformConfig): string[] {
  const { components, finish } = composePlatform(config);
  return components
    .flatMap((component) => [...component.files()])
    .filter(({ input }) => input !== undefined)
    .map((file) => toYaml(finish(file).objects));
}

function together(config: PlatformConfig): string[] {
  return [...renderEnvironments([config])]
    .filter(
      ({ path }) => path.includes('/50-models/') && config.models.some(({ name }) => path.endsWith(`/${name}.yaml`)),
    )
    .map(({ text }) => text.replace(/^#.*\n/, ''));
}

test.each(configurations())('%s: models that are alike are rendered as each for itself', (_, config) => {
  const many = withSiblings(config);
  const texts = together(many);
  expect(texts.length).toBe(many.models.length);
  expect(texts).toEqual(oneByOne(many));
});

describe('of files that are alike', () => {
  const file = (word: string, own: unknown = word): ComponentFile => ({
    stage: '50-models',
    name: word,
    objects: [{ own }],
    likeness: () => ({ key: 'all', words: [word], objects: () => [{ own: 'likeness-1-of' }] }),
  });
  const texts = (files: readonly ComponentFile[], isAlone = (_: readonly string[]) => false) => {
    const rendered: string[] = [];
    const likenesses = new Likenesses((one: ComponentFile) => {
      rendered.push(one.name);
      return { text: JSON.stringify(one.objects) };
    }, isAlone);
    return { texts: files.map((one) => likenesses.rendered(one).text), rendered };
  };

  test('the third and all after it are not rendered', () => {
    const { texts: made, rendered } = texts(['a', 'b', 'c', 'd'].map((word) => file(word)));
    expect(made).toEqual(['a', 'b', 'c', 'd'].map((own) => JSON.stringify([{ own }])));
    expect(rendered).toEqual(['a', 'b', 'b']);
  });

  test('each is rendered where they differ in more than their words', () => {
    const { texts: made } = texts(['a', 'bb', 'ccc'].map((word) => file(word, word.length)));
    expect(made).toEqual([1, 2, 3].map((own) => JSON.stringify([{ own }])));
  });

  test('one that the environment changes is rendered for itself', () => {
    const { rendered } = texts(
      ['a', 'b', 'c', 'd'].map((word) => file(word)),
      ([word]) => word === 'd',
    );
    expect(rendered).toEqual(['a', 'b', 'b', 'd']);
  });
});

test('a patch changes the one model that it names', () => {
  const models = ['one', 'two', 'three', 'four'].map((name) => ({
    name,
    server: 'SKLEARN_SERVER',
    uri: 's3://models/a',
  }));
  const patch = {
    target: { kind: 'SeldonDeployment', name: 'four' },
    merge: { metadata: { annotations: { patched: 'yes' } } },
  };
  const texts = together(platformConfig({ frontend: { enabled: false }, patches: [patch] }, models));
  expect(texts.map((text) => text.includes('patched'))).toEqual([false, false, false, true]);
});
