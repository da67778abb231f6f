/** An OpenID Connect issuer beside the cluster, with everybody whom people.ts knows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../cluster/cluster';
import type { SignInSoftware } from '../software/install';
import type { CertificateFiles } from '../store/certificate';
import type { Client } from './client';
import { AUDIENCES, AUTHORITY, CLIENT, PEOPLE, ROBOTS } from './people';

export interface IssuerProps {
  readonly software: SignInSoftware;
  /** Its URL, by which it is found already. */
  readonly issuer: string;
  /** Where it listens. */
  readonly address: string;
  readonly files: CertificateFiles;
  /** Who knows when it answers. */
  readonly client: Client;
}

export async function startIssuer({ software, issuer, address, files, client }: IssuerProps): Promise<ChildProcess> {
  const { certificate, key } = files;
  const whom = { people: PEOPLE, client: CLIENT, robots: ROBOTS, audiences: AUDIENCES };
  const settings = JSON.stringify({ issuer, address, certificate, key, ...whom });
  const child = spawn(process.execPath, [join(software.issuer, 'issuer.mjs'), settings], { stdio: 'ignore' });
  await until(`${issuer} answers`, 60, () =>
    client
      .ask(`${issuer}/.well-known/openid-configuration`)
      .then(({ status }) => (status === 200 ? undefined : String(status)), String),
  );
  return child;
}

/** The authority of the issuer, as somebody keeps it in each namespace with a proxy. @param file in PEM */
export function companyAuthority(file: string): object[] {
  const data = { [AUTHORITY.key]: readFileSync(file, 'utf8') };
  return ['mlflow', 'fe', 'ml-models'].map((namespace) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: AUTHORITY.name, namespace },
    data,
  }));
}
