/** Gives pods a user that no account of a node has. */
import type { ComponentFile } from './component';
import { ID_FIELDS, withSecurityContexts } from './security-contexts';

/** The user and group in place of lower ones. */
export const HIGH_UID = 10001;
/** Accounts of a node's own are below: a process that breaks out of its container would be one of them. */
const LEAST = 10000;

/**
 * The group of a model's containers. Images of model servers are made for any user of group 0, which owns what they read and
 * write: the Dockerfile of MLServer has "chown -R 1000:0" and "chmod -R 776" of the folder that it starts in.
 */
const GROUP_OF_ANY_USER = 0;

/** The file without a low user, and without a low group but for that of model servers. */
export const withHighUids = (file: ComponentFile): ComponentFile =>
  withSecurityContexts(file, (context, kind) =>
    Object.fromEntries(
      Object.entries(context).map(([name, value]) => [name, isLow(name, value) ? highOf(name, kind) : value]),
    ),
  );

const highOf = (name: string, kind: string) =>
  name === 'runAsGroup' && kind === 'SeldonDeployment' ? GROUP_OF_ANY_USER : HIGH_UID;

const isLow = (name: string, value: unknown) => ID_FIELDS.has(name) && typeof value === 'number' && value < LEAST;
