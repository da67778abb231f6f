/** The script of the mirror with the real rclone, from one folder of the bucket to another. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mirrorScript from '../../charts/object-store/mirror.sh';
import { type Checks, same } from '../cluster/checks';
import { finished, run } from '../cluster/commands';
import { type Client, rcloneRemote } from './client';
import type { Tools } from './host';

const FROM = 'models/mirrored';
const TO = 'models/copy';
/** The large one is written in parts, of which no store has a checksum that rclone knows. */
const BYTES = { large: 20 * 1024 * 1024, small: 100 };
/** A store gives the time of an object in whole seconds. */
const CLOCK_STEP_MILLISECONDS = 1100;

export async function mirrorChecks(checks: Checks, name: string, client: Client, tools: Tools): Promise<void> {
  await checks.check(`${name}: the mirror copies what is written again, with the same size too, and nothing else`, () =>
    copiesAgain(client, tools),
  );
}

async function copiesAgain(client: Client, tools: Tools): Promise<string> {
  const write = (letter: string) => {
    for (const [object, bytes] of Object.entries(BYTES)) {
      const file = join(tools.work, 'written');
      writeFileSync(file, letter.repeat(bytes));
      finished(client.mc('cp', file, `mlflow/${FROM}/${object}`));
    }
  };
  const copied = () => Object.keys(BYTES).map((object) => client.read(`seldon/${TO}/${object}`)?.[0]);
  write('a');
  mirror(client, tools);
  same(copied(), ['a', 'a']);
  await sleep(CLOCK_STEP_MILLISECONDS);
  write('b');
  mirror(client, tools);
  same(copied(), ['b', 'b']);
  const again = mirror(client, tools);
  if (!again.includes('There was nothing to transfer')) throw new Error(again);
  return `${Object.keys(BYTES).join(' and ')}, each as it was written last`;
}

/** @returns what it said */
function mirror(client: Client, { rclone, work }: Tools): string {
  const { status, stdout, stderr } = run('sh', ['-c', mirrorScript], work, {
    ...rcloneRemote('SOURCE', client, 'seldon'),
    ...rcloneRemote('TARGET', client, 'mlflow'),
    FROM: `source:${FROM}`,
    TO: `target:${TO}`,
    DELETES: 'false',
    RCLONE_CA_CERT: client.authority,
    RCLONE_VERBOSE: '1',
    PATH: `${rclone}:${process.env.PATH}`,
    HOME: join(work, 'rclone'),
  });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}
