/** An object that is JSON already, and all the same a construct like any other. */
import { App, Chart, JsonPatch, Testing } from 'cdk8s';
import { JsonObject } from '../../../charts/lib/json-object';

const json = {
  apiVersion: 'example.com/v1',
  kind: 'Example',
  metadata: { labels: { z: 'own', a: 'own' }, name: 'name-x' },
  spec: { z: 1, a: { z: 2, a: 3 } },
};

function make() {
  const chart = new Chart(new App(), 'chart', { namespace: 'namespace-x', labels: { of: 'chart' } });
  return { chart, object: new JsonObject(chart, 'object', json) };
}

test('keeps the order of its keys', () => {
  const { spec, metadata } = make().object.toJson() as typeof json;
  expect(JSON.stringify(spec)).toBe(JSON.stringify(json.spec));
  expect(Object.keys(metadata.labels)).toEqual(['z', 'a', 'of']);
});

test('has the namespace and the labels of its chart', () => {
  expect(make().object.toJson()).toMatchObject({
    metadata: { name: 'name-x', namespace: 'namespace-x', labels: { z: 'own', a: 'own', of: 'chart' } },
  });
});

test('is written by App.synth()', () => {
  expect(Testing.synth(make().chart)).toEqual([make().object.toJson()]);
});

test('takes labels, annotations and owners', () => {
  const { object } = make();
  object.metadata.addLabel('added', 'label');
  object.metadata.addAnnotation('added', 'annotation');
  expect(object.toJson()).toMatchObject({
    metadata: { labels: { z: 'own', added: 'label' }, annotations: { added: 'annotation' } },
  });
});

test('takes patches, and leaves what it was given as it was', () => {
  const { object } = make();
  object.addJsonPatch(JsonPatch.replace('/spec/a/z', 7), JsonPatch.add('/spec/b', true));
  expect(object.toJson()).toMatchObject({ spec: { z: 1, a: { z: 7, a: 3 }, b: true } });
  expect(json.spec.a.z).toBe(2);
});
