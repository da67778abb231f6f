/** What is reached from outside the cluster, by which host, and with which certificate. */
import { ISSUER_ANNOTATIONS } from '../certificates/issuer';
import type { Endpoint, Peer } from '../lib/endpoint';

/** One host, and the Services that answer for it, all in one namespace. */
export interface ExposedHost {
  /** Such as "mlflow". */
  readonly name: string;
  readonly host: string;
  readonly paths: readonly { readonly path: string; readonly endpoint: Endpoint }[];
}

export interface Tls {
  /** Of cert-manager. */
  readonly issuer?: string;
  readonly issuerKind: keyof typeof ISSUER_ANNOTATIONS;
  /** One for all hosts. */
  readonly secret?: string;
  /** Whether what leads into the cluster has certificates already. */
  readonly byGateway?: boolean;
}

export interface ExposureProps {
  readonly hosts: readonly ExposedHost[];
  /** @default - plain http */
  readonly tls?: Tls;
  /** Whose calls are let in. */
  readonly callers: readonly Peer[];
}

/** Of what leads to a host: it is where its Services are. */
export const namespaceOf = ({ paths }: ExposedHost) => paths[0]?.endpoint.namespace ?? '';

/** The Secret with the certificate of a host. */
export const certificateOf = ({ secret }: Tls, name: string) => secret ?? `${name}-certificate`;

/** Of what its certificates are for, so that cert-manager makes them. */
export const issuerAnnotation = ({ issuer, issuerKind }: Tls): Record<string, string> =>
  issuer === undefined ? {} : { [ISSUER_ANNOTATIONS[issuerKind]]: issuer };
