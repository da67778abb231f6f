/**
 * The schema of `size`, and how much disk a node of a graph gets: room for its files, where `size` says how large they are,
 * and room beside them.
 */
import { bytes } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import type { Resources } from '../../lib/container';
import { DISK } from '../../lib/disk';
import { formatMemory, quantityValue } from '../../lib/quantity';
import type { Node } from './complete';
import { FETCHING_RESOURCES, type OpenResources, SERVER_RESOURCES } from './resources';

export const size = bytes('12Gi')
  .optional()
  .describe("How large the model's files are together; the disk of what fetches and serves them follows from it");

/** Request and limit of what is beside the files: logs, and temporary files. */
type Room = readonly [request: string, limit: string];

/** Resources with the disk that the file leaves open: what its files take, and the room beside them. */
export function withDisk(amounts: OpenResources, size: string | undefined, [request, limit]: Room): Resources {
  const { requests, limits } = amounts;
  const most = limits[DISK] ?? larger(requests[DISK], together(size, limit));
  return {
    requests: { ...requests, [DISK]: requests[DISK] ?? smaller(together(size, request), most) },
    limits: { ...limits, [DISK]: most },
  };
}

/** A size of no files, and one that the disk which the file says does not hold. */
export function sizeFaults({ size, said, path, uri }: Node): Fault[] {
  if (size === undefined) return [];
  if (uri === undefined)
    return [{ path: [...path, 'size'], message: 'is that of no files: there is no uri; remove it' }];
  return [
    ...diskFaults([...path, 'size'], size, said.resources, SERVER_RESOURCES.scratch, 'resources'),
    ...diskFaults(
      [...path, 'size'],
      size,
      said.initializerResources,
      FETCHING_RESOURCES.scratch,
      'initializerResources',
    ),
  ];
}

/**
 * A limit that the file says, and that does not hold the files and the least room beside them.
 * @param field the name of the field that says the limit
 */
function diskFaults(
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
