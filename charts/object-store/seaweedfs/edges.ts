/** Who of SeaweedFS calls whom: everybody the masters, and gateways all that there is. */
import type { Pods } from '../../lib/endpoint';
import { ETCD, ETCD_PEER, FILER, MASTER, portsOf, VOLUME } from './ports';

export type Groups = Readonly<Record<'etcd' | 'master' | 'volume' | 'gateway', Pods>>;

export const edgesBetween = ({ etcd, master, volume, gateway }: Groups) => [
  { from: etcd, to: etcd, ports: [ETCD_PEER.containerPort, ETCD.containerPort] },
  ...[master, volume, gateway].map((from) => ({ from, to: master, ports: portsOf(MASTER) })),
  ...[master, volume, gateway].map((from) => ({ from, to: volume, ports: portsOf(VOLUME) })),
  ...[master, gateway].map((from) => ({ from, to: gateway, ports: portsOf(FILER) })),
  { from: gateway, to: etcd, ports: [ETCD.containerPort] },
];
