/** What the buckets keep of what is replaced or deleted, and for how long. */

/** Old versions of objects. */
export interface Versioning {
  /** Days that a version stays after another has replaced it, or after it was deleted. */
  readonly days: number;
}

/** The bucket of backups. */
export interface BackupsProps {
  readonly bucket: string;
  /** Whether root may delete what is locked (governance), or nobody (compliance). */
  readonly lock: 'governance' | 'compliance';
  /** Days in which an object can be neither deleted nor changed. */
  readonly lockedDays: number;
  /** Days after which the store deletes an object. */
  readonly keptDays: number;
}

export interface RetentionProps {
  readonly bucket: string;
  /** @default - what is replaced or deleted is gone */
  readonly versioning?: Versioning;
  /** @default - there is no such bucket */
  readonly backups?: BackupsProps;
}

/** The rules of a bucket's lifecycle, in the form of S3 as `mc ilm import` reads it. */
function lifecycle(noncurrentDays: number, days?: number): string {
  const rule = {
    ID: 'ml-platform',
    Status: 'Enabled',
    Filter: { Prefix: '' },
    // The mark that an object was deleted, once no version is left below it; a rule with days removes it by itself.
    Expiration: days === undefined ? { ExpiredObjectDeleteMarker: true } : { Days: days },
    NoncurrentVersionExpiration: { NoncurrentDays: noncurrentDays },
  };
  return `${JSON.stringify({ Rules: [rule] }, null, 2)}\n`;
}

/** The files and variables of buckets.sh; undefined where the buckets keep nothing. */
export function retention({ bucket, versioning, backups }: RetentionProps) {
  if (!versioning && !backups) return undefined;
  return {
    files: {
      ...(versioning && { [`${bucket}.lifecycle.json`]: lifecycle(versioning.days) }),
      // What is deleted after its days stays one day more, as a version.
      ...(backups && { [`${backups.bucket}.lifecycle.json`]: lifecycle(1, backups.keptDays) }),
    },
    env: {
      VERSIONED: [...(versioning ? [bucket] : []), ...(backups ? [backups.bucket] : [])].join(' '),
      LOCKED: backups ? `${backups.bucket}=${backups.lock.toUpperCase()}:${backups.lockedDays}d` : '',
    },
  };
}
