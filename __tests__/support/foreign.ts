/** Inputs that no default has, so that a value written into a chart by hand cannot pass a test. */
import { App } from 'cdk8s';
import { resolveImages } from '../../charts/images/resolve';
import type { Component } from '../../charts/lib/component';
import type { Resources } from '../../charts/lib/container';
import type { Endpoint, Pods } from '../../charts/lib/endpoint';
import type { Image } from '../../charts/lib/image';
import { Credential } from '../../charts/lib/secret';
import type { BucketAccess } from '../../charts/object-store/bucket';
import type { DatabaseConnection } from '../../charts/postgresql/connection';
import type { KubernetesObject } from './platform';

export const foreignImage: Image = {
  repository: 'registry.example.org/some/image',
  version: '7.7.7',
  reference: 'registry.example.org/some/image:7.7.7',
  pullPolicy: 'Never',
  label: '7.7.7',
};

export const foreignResources: Resources = {
  requests: { cpu: '111m', memory: '222Mi', 'ephemeral-storage': '33Mi' },
  limits: { cpu: '444m', memory: '555Mi', 'ephemeral-storage': '66Mi' },
};

export const foreignImages = resolveImages({
  registry: 'mirror.example.org/hub',
  overrides: {},
  seldonVersion: '1.17.9',
});

/** An endpoint as some other component would publish it. */
export function foreignEndpoint(service: string, port: number, targetPort: number): Endpoint {
  const pods: Pods = { kind: 'pods', name: `${service}-pods`, namespace: 'elsewhere', labels: { app: service } };
  return { service, namespace: 'elsewhere', port, targetPort, pods };
}

export const foreignDatabase: DatabaseConnection<Endpoint> = {
  endpoint: foreignEndpoint('pg', 6432, 16432),
  check: { sslMode: 'require' },
  database: 'tracking',
  user: 'tracker',
  password: new Credential('SOME_DB_PASSWORD', 'a test'),
  connections: 500,
};

export const foreignBucket = {
  endpoint: foreignEndpoint('s3', 7000, 17000),
  bucket: 'lake',
  provider: 'Minio',
  region: 'eu-test-1',
  pathStyle: true,
  authority: { kind: 'public' },
  key: { accessKeyId: 'reader', secretAccessKey: new Credential('SOME_S3_KEY', 'a test') },
} as const satisfies BucketAccess;

/** Builds a component alone and renders its objects. */
export function build<C extends Component>(make: (app: App) => C): { component: C; objects: KubernetesObject[] } {
  const component = make(new App());
  const objects = [...component.files()].flatMap((file) => file.objects);
  return { component, objects: JSON.parse(JSON.stringify(objects)) as KubernetesObject[] };
}

/** The environment of a container as a mapping. */
export function envOf(container: KubernetesObject['spec']): Record<string, string> {
  return Object.fromEntries(
    (container.env as { name: string; value?: string }[]).map(({ name, value }) => [name, value ?? '']),
  );
}

/** A Secret's key as it would be written, with each credential as its id in angle brackets. */
export function secretText(component: Component, name: string, key: string): string {
  const secret = component.secrets.find((candidate) => candidate.name === name);
  return (secret?.data[key] ?? []).map((piece) => (typeof piece === 'string' ? piece : `<${piece.id}>`)).join('');
}
