/** Whom a model, its explainers or its detector may call, beyond what the platform itself opens. */
import type { Edge, Pods } from '../lib/endpoint';

export interface EgressProps {
  /** Whether every public address may be called, by HTTPS. */
  readonly internet: boolean;
  /** Namespaces outside the platform, with the ports of their pods. */
  readonly namespaces: readonly { readonly name: string; readonly ports: readonly number[] }[];
  readonly cidrs: readonly { readonly cidr: string; readonly ports: readonly number[] }[];
}

const HTTPS = 443;
const NOBODY: EgressProps = { internet: false, namespaces: [], cidrs: [] };

export function egressEdges(from: Pods, egress: EgressProps = NOBODY): Edge[] {
  const { internet, namespaces, cidrs } = egress;
  return [
    ...(internet ? [{ from, to: { kind: 'internet' }, ports: [HTTPS] } satisfies Edge] : []),
    ...namespaces.map(({ name, ports }): Edge => ({ from, to: { kind: 'namespace', name }, ports })),
    ...cidrs.map(({ cidr, ports }): Edge => ({ from, to: { kind: 'cidr', cidr }, ports })),
  ];
}
