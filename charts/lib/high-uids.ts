/** Gives pods a user that no account of a node has. */
import type { ComponentFile } from './component';
import { ID_FIELDS, withSecurityContexts } from './security-contexts';

/** The user and group in place of lower ones. */
export const HIGH_UID = 10001;
/** Accounts of a node's own are below: a process that breaks out of its container would be one of them. */
const LEAST = 10000;

/** The file without a low user or group. */
export const withHighUids = (file: ComponentFile): ComponentFile =>
  withSecurityContexts(file, (context) =>
    Object.fromEntries(Object.entries(context).map(([name, value]) => [name, isLow(name, value) ? HIGH_UID : value])),
  );

const isLow = (name: string, value: unknown) => ID_FIELDS.has(name) && typeof value === 'number' && value < LEAST;
