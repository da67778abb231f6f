/** The brief view of what the operator runs says what the whole one does. */
import { capacityOf, sum } from '../../../charts/rendering/capacity';
import { expand } from '../../../charts/seldon/expansion/expansion';
import type { MadeObject, SeldonDeploymentJson } from '../../../charts/seldon/expansion/seldon-json';
import { exampleEnvironments } from '../../support/environments';
import { objectsOf } from '../../support/platform';

const models = exampleEnvironments()
  .flatMap((config) => objectsOf(config))
  .filter(({ kind }) => kind === 'SeldonDeployment');

/** With as many pods as their scaler may ask for. */
function atMost(objects: readonly MadeObject[]): unknown[] {
  const scalers = objects.map(({ spec }) => spec as Readonly<Record<string, unknown>>);
  return objects.map((object) => {
    if (object.kind !== 'Deployment' || 'replicas' in object.spec) return object;
    const scaler = scalers.find(({ scaleTargetRef }) => Object(scaleTargetRef).name === object.metadata.name);
    return { ...object, spec: { ...object.spec, replicas: scaler?.maxReplicas ?? scaler?.maxReplicaCount } };
  });
}

test.each(models.map((model): [string, unknown] => [model.metadata.name, model]))('%s', (_, model) => {
  const whole = sum(atMost(expand(model as SeldonDeploymentJson)).map(capacityOf));
  expect(whole.cpu).toBeGreaterThan(0);
  expect(capacityOf(model)).toEqual(whole);
});
