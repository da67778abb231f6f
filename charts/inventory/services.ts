import type { ObjectJson } from '../lib/workload-json';
import { fullName, ofKind } from './objects';
import { byText, capped, row } from './text';

interface ServiceFields {
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: number | string;
    }[];
  };
}

interface RouteFields {
  readonly spec: {
    readonly hostnames?: readonly string[];
    readonly parentRefs?: readonly { readonly name: string; readonly namespace?: string }[];
    readonly rules?: readonly {
      readonly matches?: readonly { readonly path?: { readonly value?: string } }[];
      readonly backendRefs?: readonly { readonly name: string; readonly port?: number; readonly weight?: number }[];
    }[];
  };
}

const WIDTHS = [46, 14];
const ROUTE_WIDTHS = [56, 32];

/** The Services of the platform itself; those of models stand with the models. */
export const services = (objects: readonly ObjectJson[]): readonly string[] =>
  ofKind<ServiceFields>(objects, 'Service')
    .map((service) => row(WIDTHS, fullName(service), typeOf(service), portsOf(service)))
    .sort(byText);

const typeOf = ({ spec }: ServiceFields) => (spec.clusterIP === 'None' ? 'headless' : (spec.type ?? 'ClusterIP'));

const portsOf = ({ spec: { ports = [] } }: ServiceFields) =>
  ports
    .map(({ name, port, targetPort = port }) => `${[name, port].filter(Boolean).join(' ')} -> ${targetPort}`)
    .join(', ');

/** What Gateways let in from outside the cluster. */
export function routes(objects: readonly ObjectJson[]): readonly string[] {
  const lines = ofKind<RouteFields>(objects, 'HTTPRoute').flatMap(({ spec }) => {
    const gateways = (spec.parentRefs ?? []).map(({ namespace, name }) => [namespace, name].filter(Boolean).join('/'));
    return (spec.rules ?? []).map(({ matches = [], backendRefs = [] }) => {
      const paths = matches.map(({ path }) => path?.value ?? '/');
      const hosts = spec.hostnames ?? ['any host'];
      const targets = backendRefs.map(
        ({ name, port, weight }) => `${name}:${port}${backendRefs.length > 1 ? ` (${weight ?? 1})` : ''}`,
      );
      return row(
        ROUTE_WIDTHS,
        `${hosts.join(',')} ${paths.join(',')}`,
        `-> ${targets.join(', ')}`,
        `by ${gateways.join(', ')}`,
      );
    });
  });
  return capped(lines.sort(byText), 20);
}
