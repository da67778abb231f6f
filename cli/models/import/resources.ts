/** CPU, memory, disk and GPUs of a container. */
import { parseQuantity } from '../../../charts/lib/quantity';
import { SERVER_RESOURCES } from '../../../charts/models/config/resources';
import type { Fields, Reader } from './reader';

const KINDS = { cpu: 'cpu', memory: 'memory', 'ephemeral-storage': 'scratch' } as const;

/** Requests and limits, completed where a default would stand on the wrong side of what is said. */
export function readResources(reader: Reader): { amounts?: Fields; gpus: number; gpuResource?: string } {
  const requests = reader.mapping('requests');
  const limits = reader.mapping('limits');
  const amounts: Record<'requests' | 'limits', Record<string, string>> = { requests: {}, limits: {} };
  for (const [kind, defaults] of Object.entries(KINDS)) {
    const [request, limit] = [requests.text(kind), limits.text(kind)];
    const [least = '', most = ''] = SERVER_RESOURCES[defaults];
    if (request !== undefined) amounts.requests[kind] = request;
    if (limit !== undefined) amounts.limits[kind] = limit;
    // Kubernetes takes the limit for a request that nobody names; there is no limit that nobody names here.
    if (request === undefined && limit !== undefined && isMore(least, limit)) amounts.requests[kind] = limit;
    if (limit === undefined && request !== undefined && isMore(request, most)) amounts.limits[kind] = request;
  }
  let gpus = 0;
  let gpuResource: string | undefined;
  for (const name of ['nvidia.com/gpu', 'amd.com/gpu']) {
    const count = Number(limits.text(name) ?? requests.text(name) ?? 0);
    if (count > 0) [gpus, gpuResource] = [count, name];
    requests.ignore(name);
  }
  for (const rest of [requests, limits, reader]) rest.done();
  const said = Object.entries(amounts).filter(([, column]) => Object.keys(column).length > 0);
  return { ...(said.length > 0 && { amounts: Object.fromEntries(said) }), gpus, gpuResource };
}

const isMore = (one: string, other: string) => (parseQuantity(one) ?? 0) > (parseQuantity(other) ?? 0);
