/**
 * The ports that the operator deals to the containers of a SeldonDeployment where they declare none.
 *
 * Source: DefaultSeldonDeployment in operator/apis/machinelearning.seldon.io/v1/defaults.go, Seldon Core.
 */
import type { k8s } from 'cdk8s-plus-27';
import { type PredictorJson, type SeldonDeploymentJson, unitsOf } from './seldon-json';

export interface OperatorPorts {
  readonly http: number;
  readonly grpc: number;
  readonly metrics: number;
}

/** The port of the first container, by protocol. */
export const FIRST_PORTS: OperatorPorts = { http: 9000, grpc: 9500, metrics: 6000 };

/** Deals them in the order of predictors and containers; containers of one name have one port for each protocol. */
export function operatorPorts({
  spec,
}: SeldonDeploymentJson): (predictor: PredictorJson, container: string) => OperatorPorts {
  const names: string[] = [];
  const dealt = new Map<string, OperatorPorts>();
  let metrics = FIRST_PORTS.metrics;
  for (const predictor of spec.predictors) {
    const units = unitsOf(predictor.graph).map(({ name }) => name);
    for (const container of predictor.componentSpecs.flatMap(({ spec }) => spec.containers)) {
      if (!names.includes(container.name)) names.push(container.name);
      const index = names.indexOf(container.name);
      dealt.set(`${predictor.name}/${container.name}`, {
        http: declared(container, 'http') ?? FIRST_PORTS.http + index,
        grpc: declared(container, 'grpc') ?? FIRST_PORTS.grpc + index,
        // A container that is no node of the graph takes up the others, and has none.
        metrics: declared(container, 'metrics') ?? (units.includes(container.name) ? metrics++ : 0),
      });
    }
  }
  return (predictor, container) => {
    const ports = dealt.get(`${predictor.name}/${container}`);
    if (!ports) throw new Error(`${predictor.name} has no container ${container}`);
    return ports;
  };
}

const declared = ({ ports }: k8s.Container, port: string) => ports?.find(({ name }) => name === port)?.containerPort;
