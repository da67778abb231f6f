/** A faster way to the same JSON as the constructs' own. */
import { k8s } from 'cdk8s-plus-27';
import { resolveImages } from '../../../charts/images/catalogue';
import { podSpecJson } from '../../../charts/lib/pod-json';
import { predictorPod } from '../../../charts/models/pod';
import { exampleEnvironments } from '../../support/environments';

const context = {
  serviceAccount: 'account-x',
  pullSecret: 'login-x',
  initializer: resolveImages({ overrides: {}, seldonVersion: '1.17.1' }).seldonInitializer,
  secretOf: () => 'secret-x',
};
const pods = exampleEnvironments()
  .flatMap(({ models }) => models)
  .flatMap((model) => model.predictors.map((predictor) => ({ model, predictor })))
  .map(({ model, predictor }): [string, k8s.PodSpec] => [
    `${model.name} ${predictor.name}`,
    predictorPod(model, predictor, context),
  ]);

// As text: the order of fields is what a pull request shows.
test.each(pods)('the pod of %s', (_, pod) => {
  expect(JSON.stringify(podSpecJson(pod), null, 1)).toBe(JSON.stringify(k8s.toJson_PodSpec(pod), null, 1));
});
