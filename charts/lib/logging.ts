/** What a part writes to its log, and how. */

export const LOG_LEVELS = ['debug', 'info', 'warning', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Logging {
  /** The least that is written. @default - as the part does by itself */
  readonly level?: LogLevel;
  /** Whether each line is JSON, where the part can write it. */
  readonly json: boolean;
}

/** A variable that says the level in capitals, as programs in Python and Seldon's in Go read it; none without a level. */
export const levelVariable = (name: string, logging: Logging | undefined): Readonly<Record<string, string>> =>
  logging?.level ? { [name]: logging.level.toUpperCase() } : {};

/** Whether what goes well is left out. */
export const isQuiet = (logging: Logging | undefined) => logging?.level === 'warning' || logging?.level === 'error';
