/** The operations of docs/operations.md, in an order in which each finds what it needs. */
import type { Check } from '../cluster/checks';
import { environmentRemoved, frontEndRemoved, modelRemoved } from './removal';
import {
  backupsRemoved,
  bucketBackedUp,
  databaseMoved,
  restoredFromFile,
  restoredFromSchedule,
  volumeGrown,
} from './restoring';
import { objectStoreKeys, objectStoreRoot, postgresql } from './rotation';
import type { RunningPlatform } from './running-platform';

/** @param works whether the platform does its work, asked after each operation */
export function operations(platform: RunningPlatform, works: () => Promise<void>): Check[] {
  const all: [string, (platform: RunningPlatform) => Promise<string>][] = [
    ['a volume is grown', volumeGrown],
    ["PostgreSQL's passwords are rotated", postgresql],
    ["the object store's root credential is rotated", objectStoreRoot],
    ["the object store's keys are rotated", objectStoreKeys],
    ['the database is restored from a file', restoredFromFile],
    ['the database is restored from a scheduled dump', restoredFromSchedule],
    ['the database is moved to an empty server', databaseMoved],
    ['backups are removed', backupsRemoved],
    ['the bucket is copied', bucketBackedUp],
    ['a model is removed', modelRemoved],
    ['the front end is removed', frontEndRemoved],
  ];
  return all.map(([name, operation]) => [
    `operation: ${name}`,
    async () => {
      const seen = await operation(platform);
      await works();
      return seen;
    },
  ]);
}

/** What is left to do when all else is done. */
export const removals = (platform: RunningPlatform): Check[] => [
  ['operation: the environment is removed', () => environmentRemoved(platform)],
];
