import type { Image } from '../../lib/image';
import type { BackupBucket } from '../../object-store/bucket';
import type { PostgresqlBackupProps } from './backup';
import { type BackupSettings, maxAgeHours } from './config';

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
  const { schedule, keep, storage, restoreTest } = settings;
  return {
    schedule,
    keep,
    storage,
    copies: bucket && settings.bucket.enabled ? { bucket, image, encrypted: settings.bucket.encrypted } : undefined,
    restoreTest: restoreTest.enabled ? { ...restoreTest, maxAgeHours: maxAgeHours(settings) } : undefined,
  };
}
