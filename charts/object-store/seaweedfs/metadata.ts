/** How etcd's database fits into its volume. */
import type { Fault } from '../../../config/problems';
import { parseQuantity, quantityValue } from '../../lib/quantity';
import type { Storage } from '../../lib/volumes';

const LEAST = '1Gi';
/** The most that etcd advises (MaxQuotaBytes in server/storage/quota.go). */
const MOST = 8 * 2 ** 30;
/** The log: five files of 64MB that are kept, the one that is written, and the next, which is made beforehand. */
const LOG = 512 * 2 ** 20;
/**
 * Twice the database has to fit: a defragmentation writes a copy, and a server that has missed much gets one from the leader.
 * The file system takes some as well.
 */
const SHARE = 0.45;

/**
 * The size at which etcd refuses writes, and goes on reading and deleting. A full disk comes before a larger one: then it
 * stops, and nothing can be deleted any more.
 */
export const databaseQuota = ({ size }: Pick<Storage, 'size'>) =>
  Math.floor(Math.min(MOST, (quantityValue(size) - LOG) * SHARE));

/** A volume that the log fills. etcd takes a quota below zero for none. */
export function metadataFaults({ storage: { size } }: { readonly storage: Pick<Storage, 'size'> }): Fault[] {
  // What is no amount at all has been refused already.
  if ((parseQuantity(size) ?? Number.POSITIVE_INFINITY) >= quantityValue(LEAST)) return [];
  const message = `is ${size}, of which etcd's log takes up to 512Mi, and twice its database has to fit beside it; make it at least ${LEAST}, such as "8Gi"`;
  return [{ path: ['metadata', 'storage', 'size'], message }];
}
