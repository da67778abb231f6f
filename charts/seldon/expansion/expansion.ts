/**
 * What the operator makes of a SeldonDeployment, so that nothing else has to guess it: capacity, the tests' invariants and
 * the loop ask here. `npm run e2e:api` compares it with the operator's own objects, field by field.
 *
 * Source: operator/controllers/seldondeployment_controller.go and labels.go of Seldon Core 1.17.1. What 1.16 does otherwise:
 * - It writes its own securityContext over a pod's own. 1.17.1 does so only where a pod has none
 *   (createDeploymentWithoutEngine).
 * - Whenever a HorizontalPodAutoscaler or KEDA has changed `replicas`, it takes the Deployment for outdated and updates it.
 *   1.17.1 leaves the field out of that comparison (IgnoreReplicas in controllers/utils/patch_utils.go).
 * - It adds an initializer for the `modelUri` of a prepackaged server alone. 1.17.1 adds one for any node with a `modelUri`.
 *   Neither adds one here: models bring initializers of their own, and a node with an image of one's own has no `modelUri`.
 *
 * With `podSecurity.uids: assigned` the operator gives executors and explainers no user (manager.ts), which no reader of this
 * model asks for.
 */
import { SELDON_UID } from '../../images/catalogue';
import type { Images } from '../../images/resolve';
import { explainerDeployment, servingDeployment } from './deployments';
import { ExpandedPredictor } from './predictor';
import { scaling } from './scaling';
import type { MadeObject, SeldonDeploymentJson } from './seldon-json';
import { explainerService, nodeService, predictorService } from './services';

/**
 * The objects that the operator makes, in the namespace of the SeldonDeployment.
 * @param images of seldon-config; left out where nobody asks which images run
 * @param user of the containers and pods that the operator adds
 */
export function expand(deployment: SeldonDeploymentJson, images?: Images, user = SELDON_UID): MadeObject[] {
  return deployment.spec.predictors.flatMap((json) => objects(new ExpandedPredictor(deployment, json, user, images)));
}

function objects(predictor: ExpandedPredictor): MadeObject[] {
  const [component] = predictor.json.componentSpecs;
  if (!component) return [];
  const { spec, metadata } = component;
  const part = metadata.name ?? spec.containers.map(({ name }) => name).join('-');
  const name = `${predictor.service}-0-${part}`;
  const units = spec.containers.flatMap((container) => predictor.unitOf(container.name) ?? []);
  return [
    servingDeployment(predictor, name, component, units),
    predictorService(predictor, units),
    ...units.map((unit) => nodeService(predictor, unit)),
    ...scaling(predictor, name, component),
    ...explaining(predictor),
  ];
}

function explaining(predictor: ExpandedPredictor): MadeObject[] {
  const { explainer } = predictor.json;
  if (!explainer) return [];
  const name = `${predictor.service}-explainer`;
  const labels = { 'seldon.io/explainer': 'true' };
  return [explainerDeployment(predictor, name, labels, explainer), explainerService(predictor, name, labels)];
}
