/** The ports of SeaweedFS and etcd. The servers of SeaweedFS speak gRPC at their port and 10000. */
import type { NamedPort } from '../../lib/service';

export const MASTER: NamedPort = { name: 'http', containerPort: 9333 };
export const VOLUME: NamedPort = { name: 'http', containerPort: 8080 };
export const FILER: NamedPort = { name: 'http-filer', containerPort: 8888 };
export const S3: NamedPort = { name: 'http-s3', containerPort: 8333 };
export const ETCD: NamedPort = { name: 'client', containerPort: 2379 };
export const ETCD_PEER: NamedPort = { name: 'peer', containerPort: 2380 };
/** Of a server of SeaweedFS. */
export const METRICS: NamedPort = { name: 'metrics', containerPort: 9324 };
/** Health and metrics alone. */
export const ETCD_METRICS: NamedPort = { name: 'metrics', containerPort: 2381 };

const GRPC = 10000;

/** The port of gRPC that belongs to a port of a server. */
export const grpcOf = (port: NamedPort): NamedPort => ({
  name: port.name.replace('http', 'grpc'),
  containerPort: port.containerPort + GRPC,
});

/** Both ports of a server. */
export const portsOf = (port: NamedPort): number[] => [port.containerPort, port.containerPort + GRPC];
