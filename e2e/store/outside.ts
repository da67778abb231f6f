/** An environment of another cluster, to which the store is one outside: whoever keeps the store has given it keys. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { idOf } from '../../charts/lib/secret';
import { finished } from '../cluster/commands';
import { Repository, STARTING } from '../cluster/repository';
import { Manifests } from '../loop/manifests';
import type { Client } from './client';
import { LOGGED_MODEL } from './host';

const AUTHORITY = 'store-authority';
const USERS = ['mlflow', 'seldon', 'request-log', 'request-log-retention'];

/** @param client of the store, which it calls by the same address */
export function environmentOutside(project: string, work: string, client: Client): Manifests {
  const repository = Repository.init(project, join(work, 'outside'));
  rmSync(repository.dist(), { recursive: true });
  writeFileSync(
    join(repository.environment(), 'platform.yaml'),
    `objectStore:
  kind: external
  endpoint: ${client.origin}
  pathStyle: true
  authority: {secret: ${AUTHORITY}, key: ca.crt}
requestLog: {enabled: true, flush: {seconds: 2}}
frontend: {enabled: false}
`,
  );
  writeFileSync(join(repository.environment(), 'models/asked.yaml'), LOGGED_MODEL);
  finished(repository.command('synth'));
  const values = join(work, 'outside.env');
  const given = USERS.flatMap((user) => [
    `${idOf(user)}_S3_ACCESS_KEY=${user}\n`,
    `${idOf(user)}_S3_SECRET_KEY=${client.keyOf(user)}\n`,
  ]);
  writeFileSync(values, given.join(''));
  const secrets = finished(repository.command('secrets', STARTING, '--values', values));
  const authority = {
    kind: 'Secret',
    metadata: { namespace: 'request-log', name: AUTHORITY },
    stringData: { 'ca.crt': readFileSync(client.authority, 'utf8') },
  };
  return new Manifests(repository.dist(), `${secrets}\n---\n${JSON.stringify(authority)}`);
}
