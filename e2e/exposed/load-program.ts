/** Asks as many callers do, from the network that it is started in, and prints what they saw as JSON. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Load, load } from '../access/load';

export interface LoadProps {
  readonly url: string;
  readonly callers: number;
  readonly seconds: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** A file in PEM, for https. */
  readonly authority: string;
}

async function main(): Promise<Load> {
  const { url, callers, seconds, headers, body, authority } = JSON.parse(process.argv[2] ?? '') as LoadProps;
  return load(url, { callers, during: sleep(1000 * seconds), headers, body, authorities: [readFileSync(authority)] });
}

void main().then((seen) => console.log(JSON.stringify(seen)));
