/** How much disk a node of a graph gets: room for its files, where `size` says how large they are, and room beside them. */
import type { Fault } from '../../../config/problems';
import type { Resources } from '../../lib/container';
import { DISK } from '../../lib/disk';
import { formatMemory, quantityValue } from '../../lib/quantity';

/** Amounts as a file has them: where it says nothing of the disk, that stays open. */
interface Amounts {
  readonly cpu: string;
  readonly memory: string;
  readonly [DISK]?: string;
}

/** What a file says of requests and limits. */
export interface OpenResources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** Request and limit of what is beside the files: logs, and temporary files. */
export type Room = readonly [request: string, limit: string];

/** Resources with the disk that the file leaves open: what its files take, and the room beside them. */
export function withDisk(amounts: OpenResources, size: string | undefined, [request, limit]: Room): Resources {
  const { requests, limits } = amounts;
  const most = limits[DISK] ?? larger(requests[DISK], together(size, limit));
  return {
    requests: { ...requests, [DISK]: requests[DISK] ?? smaller(together(size, request), most) },
    limits: { ...limits, [DISK]: most },
  };
}

/**
 * A limit that the file says, and that does not hold the files and the least room beside them.
 * @param field the name of the field that says the limit
 */
export function diskFaults(
  path: Fault['path'],
  size: string,
  { limits }: OpenResources,
  [least]: Room,
  field: string,
): Fault[] {
  const limit = limits[DISK];
  const needed = together(size, least);
  if (limit === undefined || quantityValue(limit) >= quantityValue(needed)) return [];
  const message = `is ${size}, which with ${least} for logs and temporary files is more than ${field}.limits.${DISK}, ${limit}; remove that limit, or raise it to ${needed}`;
  return [{ path, message }];
}

const together = (size: string | undefined, room: string) =>
  size === undefined ? room : formatMemory(quantityValue(size) + quantityValue(room));

const larger = (first: string | undefined, second: string) =>
  first !== undefined && quantityValue(first) > quantityValue(second) ? first : second;

const smaller = (first: string, second: string) => (quantityValue(first) < quantityValue(second) ? first : second);
