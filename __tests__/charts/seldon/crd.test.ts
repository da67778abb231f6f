/** The SeldonDeployment type: what an API server accepts, keeps and stores. */
import { readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import { SELDON_CRD, SeldonCrd, seldonCrd } from '../../../charts/seldon/crd';
import { build } from '../../support/foreign';
import type { KubernetesObject } from '../../support/platform';

type Schema = KubernetesObject['spec'];

const { component, objects } = build((app) => new SeldonCrd(app));
const [definition] = objects;
const { spec } = seldonCrd();
const schema: Schema = spec.versions[0]?.schema.openAPIV3Schema;
const predictor = schema.properties.spec.properties.predictors.items;

test('is installed before anything that could use it', () => {
  expect(component.stage).toBe('10-setup');
  expect(objects).toHaveLength(1);
});

test('belongs to no namespace', () => {
  expect(definition?.metadata).toMatchObject({ name: SELDON_CRD });
  expect(definition?.metadata.namespace).toBeUndefined();
  expect(spec.scope).toBe('Namespaced');
});

test('serves the three versions that clients know, and stores v1', () => {
  expect(spec.versions.map(({ name, served, storage }) => ({ name, served, storage }))).toEqual([
    { name: 'v1', served: true, storage: true },
    { name: 'v1alpha2', served: true, storage: false },
    { name: 'v1alpha3', served: true, storage: false },
  ]);
});

test('is known to kubectl as sdep', () => {
  expect(spec.names).toMatchObject({ kind: 'SeldonDeployment', shortNames: ['sdep'] });
});

test('gives status and scale as subresources, which the operator writes and an autoscaler reads', () => {
  for (const { subresources } of spec.versions) expect(Object.keys(subresources).sort()).toEqual(['scale', 'status']);
});

test('takes graphs at least as deep as the one of upstream', () => {
  let depth = 0;
  for (let node = predictor.properties.graph; node?.properties.children; node = node.properties.children.items) depth++;
  expect(depth).toBeGreaterThanOrEqual(10);
});

test.each([
  ['the pod of a predictor', (at: Schema) => at.componentSpecs.items.properties.spec],
  ['the resources of the executor', (at: Schema) => at.svcOrchSpec.properties.resources],
  ['the container of an explainer', (at: Schema) => at.explainer.properties.containerSpec],
])('keeps fields that are newer than it in %s', (_, at) => {
  expect(at(predictor.properties)).toMatchObject({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true });
});

test('types what is Seldon’s own, so that a misspelt field is refused by kubectl', () => {
  expect(predictor['x-kubernetes-preserve-unknown-fields']).toBeUndefined();
  expect(predictor.properties.graph['x-kubernetes-preserve-unknown-fields']).toBeUndefined();
  expect(predictor.properties.replicas).toEqual({ type: 'integer', format: 'int32' });
});

test('asks for what no model can be without', () => {
  expect(schema.properties.spec.required).toEqual(['predictors']);
  expect(predictor.required).toEqual(['graph', 'name']);
  expect(predictor.properties.graph.required).toEqual(['name']);
});

test('fits the annotation that client-side kubectl apply makes of it', () => {
  // apimachinery's limit for all annotations of an object together.
  expect(Buffer.byteLength(JSON.stringify(definition))).toBeLessThan(262_144);
});

test('is in crds/ as it is installed: npm run import brings it up to date', () => {
  const [onDisk, ...others] = loadAll(readFileSync(`crds/${SELDON_CRD}.yaml`, 'utf8'));
  expect(onDisk).toEqual(seldonCrd());
  expect(others).toEqual([]);
  expect(definition?.spec).toEqual(JSON.parse(JSON.stringify(spec)));
});
