import { App, Chart, Testing } from 'cdk8s';
import { authorityVolume } from '../../../charts/certificates/authority';
import { Certificates } from '../../../charts/certificates/certificates';
import { serviceNames } from '../../../charts/certificates/signed-certificate';

type Json = { kind: string; metadata: { name: string; namespace?: string }; spec: Record<string, unknown> };

const render = (chart: Chart) => Testing.synth(chart) as Json[];

test('an authority of its own signs itself, and a ClusterIssuer of the given name signs with it', () => {
  const component = new Certificates(new App(), { name: 'house', certManagerNamespace: 'certs' });
  const objects = [...component.files()].flatMap(({ objects }) => objects) as Json[];
  const certificate = objects.find(({ kind }) => kind === 'Certificate');
  expect(certificate?.metadata).toMatchObject({ name: 'house-authority', namespace: 'certs' });
  expect(certificate?.spec).toMatchObject({
    isCA: true,
    secretName: 'house-authority',
    issuerRef: { kind: 'ClusterIssuer', name: 'house-self-signed' },
  });
  expect(objects.find(({ metadata }) => metadata.name === 'house')).toMatchObject({
    kind: 'ClusterIssuer',
    spec: { ca: { secretName: 'house-authority' } },
  });
  expect(component.issuer).toEqual({ kind: 'ClusterIssuer', name: 'house' });
});

test('its key stays when it is renewed, so that the certificates signed before stay good', () => {
  const component = new Certificates(new App(), { name: 'house', certManagerNamespace: 'certs' });
  const certificate = render(component).find(({ kind }) => kind === 'Certificate');
  expect(certificate?.spec.privateKey).toMatchObject({ rotationPolicy: 'Never' });
});

test('a Service is certified by every name that pods call it by', () => {
  expect(serviceNames({ service: 'db', namespace: 'there' }, 'corp.local')).toEqual([
    'db',
    'db.there',
    'db.there.svc',
    'db.there.svc.corp.local',
  ]);
});

test('the pods behind a headless Service are certified by their own names', () => {
  expect(serviceNames({ service: 'db', namespace: 'there' }, 'corp.local', true)).toEqual(
    expect.arrayContaining(['*.db.there.svc', '*.db.there.svc.corp.local']),
  );
});

test('a client of an issuer asks for a certificate of its own, and mounts nothing of it but the authority', () => {
  const chart = new Chart(new App(), 'client', { namespace: 'here', disableResourceNameHashes: true });
  const issuer = { kind: 'ClusterIssuer', name: 'house' };
  const volume = authorityVolume(chart, 'client-of-db', { kind: 'issuer', issuer });
  expect(volume).toMatchObject({ secret: { secretName: 'client-of-db', items: [{ key: 'ca.crt', path: 'ca.crt' }] } });
  expect(render(chart)).toMatchObject([
    { kind: 'Certificate', spec: { secretName: 'client-of-db', usages: ['client auth'], issuerRef: issuer } },
  ]);
});

test('the public authorities need no volume, and an object that is there is mounted as it is', () => {
  const chart = new Chart(new App(), 'client');
  expect(authorityVolume(chart, 'x', { kind: 'public' })).toBeUndefined();
  expect(authorityVolume(chart, 'x', { kind: 'configMap', name: 'corp', key: 'root.pem' })).toMatchObject({
    configMap: { name: 'corp', items: [{ key: 'root.pem', path: 'ca.crt' }] },
  });
  expect(render(chart)).toEqual([]);
});
