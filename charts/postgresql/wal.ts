/** How the write-ahead log of a cluster fits into its volume. */
import type { Fault } from '../../config/problems';
import { parseQuantity, quantityValue } from '../lib/quantity';

const MEBIBYTE = 2 ** 20;
/** Room for what is written from one checkpoint to the next (max_wal_size, 1GB, which is no hard limit). */
const BETWEEN_CHECKPOINTS = 1536 * MEBIBYTE;
/** That, and what the operator keeps for replicas that are there (wal_keep_size, 512MB). */
const LEAST = '2Gi';
/**
 * Two days of an archive that fails: the operator's archive_timeout makes a segment of 16MB of any five minutes in which
 * something is written, 4.5Gi a day, and nothing limits what waits for the archive.
 */
export const WAL_VOLUME = '10Gi';

interface Volumes {
  readonly storage: { readonly size: string };
  readonly walStorage?: { readonly size: string };
}

/**
 * The most WAL that replication slots keep, in PostgreSQL's megabytes, which are mebibytes. The operator has a slot for each
 * replica, and by default a slot keeps all that its replica lacks: one on a dead node would fill the volume, and the primary
 * would stop. With a limit the replica loses its slot instead.
 */
export function slotLimit({ storage, walStorage }: Volumes): string {
  const bytes = walStorage ? ofItsOwn(quantityValue(walStorage.size)) : besideData(quantityValue(storage.size));
  return `${Math.floor(bytes / MEBIBYTE)}MB`;
}

const ofItsOwn = (size: number) => Math.min(size / 2, size - BETWEEN_CHECKPOINTS);
/** Less, since the data grows into the same volume. */
const besideData = (size: number) => size / 4;

/** A volume that the WAL fills while nothing is wrong. */
export function walFaults({ walStorage: { size } }: Required<Volumes>): Fault[] {
  // What is no amount at all has been refused already.
  if ((parseQuantity(size) ?? Number.POSITIVE_INFINITY) >= quantityValue(LEAST)) return [];
  const message = `is ${size}, which the write-ahead log fills while nothing is wrong; make it at least ${LEAST}, or leave it out: then it is ${WAL_VOLUME}`;
  return [{ path: ['walStorage', 'size'], message }];
}
