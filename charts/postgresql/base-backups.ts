import type { Construct } from 'constructs';
import {
  ScheduledBackup,
  ScheduledBackupSpecBackupOwnerReference,
  ScheduledBackupSpecMethod,
  ScheduledBackupSpecTarget,
} from '../../imports/postgresql.cnpg.io';
import { Component } from '../lib/component';
import { PREREQUISITES } from '../prerequisites/catalogue';
import { PLUGIN } from './archive';
import { DATABASE_CLUSTER } from './cloud-native-pg';

export interface BaseBackupsProps {
  /** Where the cluster is. */
  readonly namespace: string;
  /** In the six fields of CloudNativePG. */
  readonly schedule: string;
}

/**
 * Makes base backups of the cluster. The first is made at once: the WAL is of no use before.
 *
 * It comes a stage after the cluster. Applied beside a cluster that has just been given its archive, the operator asks a
 * copy of the cluster without it, and gives that first backup up for good: "the cluster has no plugin configured"
 * (internal/controller/backup_controller.go of CloudNativePG 1.29).
 */
export class BaseBackups extends Component {
  constructor(scope: Construct, { namespace, schedule }: BaseBackupsProps) {
    super(scope, { name: `${DATABASE_CLUSTER}-backups`, stage: '40-tracking', namespace });
    this.requireInstalled(PREREQUISITES.barmanPlugin);
    new ScheduledBackup(this, 'backups', {
      metadata: { name: DATABASE_CLUSTER },
      spec: {
        cluster: { name: DATABASE_CLUSTER },
        schedule,
        immediate: true,
        method: ScheduledBackupSpecMethod.PLUGIN,
        pluginConfiguration: { name: PLUGIN },
        target: ScheduledBackupSpecTarget.PREFER_HYPHEN_STANDBY,
        // With the schedule go its records, and none of the backups.
        backupOwnerReference: ScheduledBackupSpecBackupOwnerReference.SELF,
      },
    });
  }
}
