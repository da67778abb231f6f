/** From one store to the other, by the commands of docs/operations.md. */
import { join } from 'node:path';
import { same } from '../cluster/checks';
import { finished, run } from '../cluster/commands';
import { blocksBelow } from '../cluster/documents';
import { type Client, rcloneRemote } from './client';

export interface MoveProps {
  readonly project: string;
  readonly work: string;
  readonly rclone: string;
  readonly bucket: string;
  /** What an object is made of. */
  readonly file: string;
  readonly from: Client;
  readonly to: Client;
}

/** The lines for rclone, whose remotes are stores that pods of this machine serve, not port-forwards. */
const commandsOf = (project: string): string =>
  blocksBelow(project, 'docs/operations.md', 'Move to another object store')
    .filter(({ language }) => language === 'bash')
    .flatMap(({ text }) => text.split('\n').filter((line) => line.startsWith('rclone ')))
    .join('\n');

/** A name that has to be written in another way in an address. */
const ODD = 'runs/a model + 100% ü/MLmodel';

/** Every object is in the new store, and is what it was. */
export function moved({ project, work, rclone, bucket, file, from, to }: MoveProps): string {
  if (!from.put(`mlflow/${bucket}/${ODD}`, file)) throw new Error(`${ODD} could not be written`);
  const commands = commandsOf(project);
  if (!/^rclone copy .*\nrclone check /m.test(commands)) throw new Error(`these commands move nothing:\n${commands}`);
  const env = {
    ...rcloneRemote('OLD', from, 'mlflow'),
    ...rcloneRemote('NEW', to, 'mlflow'),
    RCLONE_CA_CERT: `${from.authority},${to.authority}`,
    PATH: `${rclone}:${process.env.PATH}`,
    HOME: join(work, 'rclone'),
  };
  const { status, stdout, stderr } = run('bash', ['-c', `set -euo pipefail\n${commands}`], work, env);
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  const names = (client: Client) => finished(client.mc('find', `mlflow/${bucket}`)).split('\n');
  const arrived = new Set(names(to));
  same(
    names(from).filter((name) => !arrived.has(name)),
    [],
  );
  // What a model server reads.
  same(to.read(`seldon/${bucket}/${ODD}`), from.read(`seldon/${bucket}/${ODD}`));
  const [differences = 'no word of differences'] = /\d+ differences found/.exec(stderr) ?? [];
  same(differences, '0 differences found');
  return `${names(from).length} objects, ${differences}`;
}
