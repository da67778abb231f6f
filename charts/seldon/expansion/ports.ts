/**
 * The ports that the operator gives to the containers of a SeldonDeployment that declare none.
 *
 * Source: DefaultSeldonDeployment in operator/apis/machinelearning.seldon.io/v1/defaults.go, Seldon Core.
 */
import type { k8s } from '../../lib/k8s';
import { type PredictorJson, type SeldonDeploymentJson, unitsOf } from './seldon-json';

export interface OperatorPorts {
  readonly http: number;
  readonly grpc: number;
  readonly metrics: number;
}

/** The port of the first container, by protocol. */
export const FIRST_PORTS: OperatorPorts = { http: 9000, grpc: 9500, metrics: 6000 };

/** They are counted up over predictors and containers; containers of the same name get the same ports. */
export function operatorPorts({
  spec,
}: SeldonDeploymentJson): (predictor: PredictorJson, container: string) => OperatorPorts {
  const names: string[] = [];
  const given = new Map<string, OperatorPorts>();
  let metrics = FIRST_PORTS.metrics;
  for (const predictor of spec.predictors) {
    const units = unitsOf(predictor.graph).map(({ name }) => name);
    for (const container of predictor.componentSpecs.flatMap(({ spec }) => spec.containers)) {
      if (!names.includes(container.name)) names.push(container.name);
      const index = names.indexOf(container.name);
      given.set(`${predictor.name}/${container.name}`, {
        http: declared(container, 'http') ?? FIRST_PORTS.http + index,
        grpc: declared(container, 'grpc') ?? FIRST_PORTS.grpc + index,
        // A container that is no node of the graph uses up a number for http and grpc, and gets no metrics port.
        metrics: declared(container, 'metrics') ?? (units.includes(container.name) ? metrics++ : 0),
      });
    }
  }
  return (predictor, container) => {
    const ports = given.get(`${predictor.name}/${container}`);
    if (!ports) throw new Error(`${predictor.name} has no container ${container}`);
    return ports;
  };
}

const declared = ({ ports }: k8s.Container, port: string) => ports?.find(({ name }) => name === port)?.containerPort;
