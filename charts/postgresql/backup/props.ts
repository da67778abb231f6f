import type { Image } from '../../lib/image';
import type { BackupBucket } from '../../object-store/bucket';
import { externalBucket, givenKey } from '../../object-store/external';
import type { PostgresqlBackupProps } from './backup';
import { type BackupSettings, maxAgeHours } from './config';
import type { CopiesProps } from './copies';

/**
 * What the settings of an environment are to the component.
 * @param image what copies dumps to the bucket
 * @param bucket the bucket of backups, where there is one
 */
export function backupProps(
  settings: BackupSettings,
  image: Image,
  bucket: BackupBucket | undefined,
): Pick<PostgresqlBackupProps, 'schedule' | 'keep' | 'storage' | 'copies' | 'restoreTest'> {
  const { schedule, keep, storage, restoreTest, store } = settings;
  const copied = store ? outside(store) : settings.bucket.enabled ? bucket : undefined;
  return {
    schedule,
    keep,
    storage,
    copies: copied && { bucket: copied, image, encrypted: settings.bucket.encrypted },
    restoreTest: restoreTest.enabled ? { ...restoreTest, maxAgeHours: maxAgeHours(settings) } : undefined,
  };
}

/** A bucket of somebody else's, who gives a key to add to it and one to read it. */
const outside = (store: NonNullable<BackupSettings['store']>): CopiesProps['bucket'] => ({
  write: externalBucket(store, givenKey('DUMPS', 'the key that adds dumps to the bucket of postgresql.backup.store')),
  read: externalBucket(store, givenKey('DUMPS_READER', 'the key that reads the dumps in postgresql.backup.store')),
});
