import { hash } from 'node:crypto';

/** What tells bytes from any others. */
export const digestOf = (bytes: string | Buffer): string => hash('sha256', bytes, 'base64');
