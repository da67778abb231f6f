/** The outside of the cluster: a load balancer's address, issuers of tokens, and whom they know. */
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../access/client';
import { companyAuthority, startIssuer } from '../access/issuer';
import { hostOf, type Outside } from '../access/outside';
import { HOSTS, ISSUER, originOf, STRANGER } from '../access/people';
import { NAMESPACE as CERT_MANAGER } from '../api/cert-manager';
import { secretData } from '../api/in-place-of-pods';
import type { Cluster } from '../cluster/cluster';
import { finished, run, runBeside } from '../cluster/commands';
import type { Node } from '../node/nodes';
import { type CertificateFiles, certificateFor } from '../store/certificate';
import { CERTIFICATES } from './environment';
import type { ExposedProps } from './props';
import { BALANCER } from './traefik';

const ISSUERS = { [ISSUER]: '10.90.2.1', [STRANGER]: '10.90.2.2' };

/** What the DNS of the company says of names outside. */
export const NAMES = Object.fromEntries(Object.entries(ISSUERS).map(([issuer, address]) => [hostOf(issuer), address]));

export class Entrance implements Outside {
  readonly project: string;
  /** Of the platform's certificates: cert-manager has made it. */
  readonly authority: string;
  client: Client;
  private readonly issuerFiles: CertificateFiles;
  private readonly processes: ChildProcess[] = [];

  constructor(private readonly props: ExposedProps) {
    const { project, work } = props;
    this.project = project;
    this.authority = join(work, 'authority.pem');
    this.issuerFiles = certificateFor(join(work, 'issuer-certificate'), Object.keys(NAMES));
    this.client = new Client([this.issuerFiles.authority]);
  }

  /** Gives this machine the addresses, and a way to the node that the load balancer chose. */
  async open({ address }: Node): Promise<string> {
    const ip = (...args: string[]) => finished(run('ip', args, '/'));
    for (const own of Object.values(ISSUERS)) ip('address', 'add', `${own}/32`, 'dev', 'lo');
    ip('route', 'add', `${BALANCER}/32`, 'via', address);
    const hosts = [
      ['127.0.0.1', 'localhost'],
      ...Object.entries(NAMES).map(([name, own]) => [own, name]),
      ...HOSTS.map((name) => [BALANCER, hostOf(originOf(name))]),
    ];
    writeFileSync('/etc/hosts', hosts.map((line) => `${line.join(' ')}\n`).join(''));
    const { client, issuerFiles: files } = this;
    for (const [issuer, own] of Object.entries(ISSUERS))
      this.processes.push(await startIssuer({ software: this.props.signIn, issuer, address: own, files, client }));
    return Object.keys(ISSUERS).join(', ');
  }

  /** Has cert-manager make an authority, and an issuer of certificates that it signs. */
  async makeAuthority(cluster: Cluster): Promise<string> {
    const ofCertManager = { apiVersion: 'cert-manager.io/v1' };
    const metadata = { name: CERTIFICATES, namespace: CERT_MANAGER };
    await cluster.create(
      { ...ofCertManager, kind: 'ClusterIssuer', metadata: { name: 'itself' }, spec: { selfSigned: {} } },
      {
        ...ofCertManager,
        kind: 'Certificate',
        metadata,
        spec: {
          isCA: true,
          commonName: CERTIFICATES,
          secretName: CERTIFICATES,
          issuerRef: { kind: 'ClusterIssuer', name: 'itself' },
        },
      },
      {
        ...ofCertManager,
        kind: 'ClusterIssuer',
        metadata: { name: CERTIFICATES },
        spec: { ca: { secretName: CERTIFICATES } },
      },
    );
    await cluster.run(['wait', '--for=condition=Ready', `clusterissuer/${CERTIFICATES}`, '--timeout=3m']);
    const { 'tls.crt': authority = '' } = await secretData(cluster, CERT_MANAGER, CERTIFICATES);
    writeFileSync(this.authority, authority);
    this.client = new Client([this.authority, this.issuerFiles.authority]);
    return `ClusterIssuer ${CERTIFICATES}`;
  }

  /** The authority of the issuer, for the proxies. */
  async giveAuthority(cluster: Cluster): Promise<string> {
    const objects = companyAuthority(this.issuerFiles.authority);
    await cluster.create(...objects);
    return `${objects.length} ConfigMaps`;
  }

  python(part: 'training' | 'browser', args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return runBeside(join(this.props.software[part], 'bin/python'), args, this.project, env);
  }

  end(): void {
    for (const child of this.processes) child.kill();
  }
}
