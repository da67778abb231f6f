/** What a SeldonDeployment says in annotations of its spec: the routes for Istio, and time-outs. */
import type { Fields, Reader } from './reader';

/** What a SeldonDeployment says of the routes for Istio. */
export function readIstio(annotations: Reader): Fields {
  const number = (name: string) => {
    const value = annotations.text(name);
    return value === undefined ? undefined : Number(value);
  };
  const says = {
    host: annotations.text('seldon.io/istio-host'),
    gateway: annotations.text('seldon.io/istio-gateway'),
    retries: number('seldon.io/istio-retries'),
    retryTimeout: number('seldon.io/istio-retries-timeout'),
  };
  const said = Object.entries(says).filter(([, value]) => value !== undefined);
  return said.length > 0 ? { istio: Object.fromEntries(said) } : {};
}

/** The time-outs, which a SeldonDeployment has as annotations, in milliseconds. */
export function readTimeouts(annotations: Reader): Fields {
  const seconds = (name: string) => {
    const value = annotations.text(name);
    return value === undefined ? undefined : Math.min(3600, Math.max(1, Math.ceil(Number(value) / 1000)));
  };
  const [rest, grpc] = [seconds('seldon.io/rest-timeout'), seconds('seldon.io/grpc-timeout')];
  return rest === undefined && grpc === undefined
    ? {}
    : { timeouts: { ...(rest !== undefined && { rest }), ...(grpc !== undefined && { grpc }) } };
}
