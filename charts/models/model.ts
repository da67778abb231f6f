/**
 * A model as a construct: its SeldonDeployment, and its route where there is a Gateway.
 *
 * What the operator makes of a SeldonDeployment (Deployments, Services, images, probes) is in charts/seldon/expansion/.
 */
import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { SeldonDeployment } from '../../imports/machinelearning.seldon.io';
import { type GatewayProps, httpRoute } from '../gateway/http-route';
import { JsonObject } from '../lib/json-object';
import { hasOperator } from '../monitoring/monitored';
import { CONTROLLER_ID } from '../seldon/controller-id';
import type { ModelVersion } from './node';
import { objectiveRule } from './objectives';
import { predictorSpec } from './predictor';
import type { ModelProps } from './props';
import { modelBudget } from './scaling';
import { accountOf, type ServingProps } from './serving';

export interface ModelConstructProps extends ModelProps, ServingProps {
  /** @default - no route: callers use the Services, or the ingress that the operator configures */
  readonly gateway?: GatewayProps;
}

/** One model, in any chart. */
export class Model extends Construct {
  /** Its SeldonDeployment. */
  readonly deployment: JsonObject;
  /** Its PodDisruptionBudget. */
  readonly budget?: JsonObject;
  /** Its HTTPRoute. */
  readonly route?: JsonObject;

  constructor(scope: Construct, id: string, props: ModelConstructProps) {
    super(scope, id);
    const { name, namespace, controllerId, gateway } = props;
    // Whoever looks for the model finds it by its own name, not as a part of "models".
    const labels = { ...Chart.of(this).labels, 'app.kubernetes.io/name': name };
    const owner = { ...labels, ...(controllerId !== undefined && { [CONTROLLER_ID]: controllerId }) };
    if (props.serviceAccount) this.account(props, labels);
    this.deployment = new JsonObject(this, 'deployment', seldonDeployment(props, owner));
    const budget = modelBudget(props, namespace, labels);
    if (budget) this.budget = new JsonObject(this, 'budget', budget);
    const { slo, monitoring } = props;
    if (slo && monitoring && hasOperator(monitoring)) {
      new JsonObject(this, 'objective', objectiveRule({ name, namespace, slo }, labels, monitoring));
    }
    if (gateway) this.route = new JsonObject(this, 'route', httpRoute(props, { namespace, labels, gateway }));
  }

  /** An account of the model's own, which a cloud knows by its annotations. Its pods get no token for the API server. */
  private account(props: ModelConstructProps, labels: Readonly<Record<string, string>>): void {
    const { namespace, serviceAccount, pullSecret } = props;
    new JsonObject(this, 'account', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        ...(serviceAccount?.annotations && { annotations: { ...serviceAccount.annotations } }),
        labels: { ...labels },
        name: accountOf(props, props),
        namespace,
      },
      automountServiceAccountToken: false,
      ...(pullSecret !== undefined && { imagePullSecrets: [{ name: pullSecret }] }),
    });
  }
}

function seldonDeployment(props: ModelConstructProps, labels: Readonly<Record<string, string>>) {
  const { name, namespace, protocol, predictors } = props;
  return SeldonDeployment.manifest({
    metadata: { labels: { ...labels }, ...provenance(predictors[0]?.graph.version), name, namespace },
    spec: {
      ...annotated(props),
      protocol,
      predictors: predictors.map((predictor) => predictorSpec(props, predictor, props)),
    },
  });
}

/**
 * What the operator and the executor read of annotations. Time-outs are in milliseconds, but for those of Istio, in seconds. The
 * operator puts these annotations on the pods, where the executor reads them.
 * Source: operator/controllers/ambassador/v1.go and istio.go, executor/api/rest/client.go and executor/k8s/ of Seldon Core.
 */
function annotated({ timeouts = {}, istio = {} }: ModelProps): { annotations?: Record<string, string> } {
  const values = {
    'grpc-timeout': timeouts.grpc && timeouts.grpc * 1000,
    'istio-gateway': istio.gateway,
    'istio-host': istio.host,
    'istio-retries': istio.retries,
    'istio-retries-timeout': istio.retryTimeout,
    'rest-timeout': timeouts.rest && timeouts.rest * 1000,
  };
  const said = Object.entries(values).filter(([, value]) => value !== undefined);
  if (said.length === 0) return {};
  return { annotations: Object.fromEntries(said.map(([name, value]) => [`seldon.io/${name}`, String(value)])) };
}

/** Tells a reader of the cluster or of a pull request which version this is. */
function provenance(version: ModelVersion | undefined): { annotations?: Record<string, string> } {
  if (version === undefined) return {};
  const { registered, run } = version;
  const annotations = {
    ...(registered ? { 'mlflow-model': registered.name, 'mlflow-version': registered.version } : {}),
    ...(run === undefined ? {} : { 'mlflow-run': run }),
  };
  return Object.keys(annotations).length > 0 ? { annotations } : {};
}
