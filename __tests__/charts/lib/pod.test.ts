/** The vocabulary of pods: what follows from what a component says of them. */
import { Chart, Testing } from 'cdk8s';
import { type ContainerProps, envVars } from '../../../charts/lib/container';
import { k8s } from '../../../charts/lib/k8s';
import { podSpec } from '../../../charts/lib/pod';
import { RequiredSecret, secretText } from '../../../charts/lib/secret';
import { claimTemplate, configMapVolume, scratchVolume, secretVolume, tmp } from '../../../charts/lib/volumes';
import { foreignImage, foreignResources } from '../../support/foreign';
import { restrictedFaults } from '../../support/pod-security';

const container = (changes: Partial<ContainerProps> = {}): ContainerProps => ({
  name: 'main',
  image: foreignImage,
  resources: foreignResources,
  mounts: [],
  ...changes,
});
const pod = (containers: readonly ContainerProps[], initContainers?: readonly ContainerProps[]) =>
  k8s.toJson_PodSpec(podSpec({ serviceAccountName: 'account-x', uid: 4321, containers, initContainers })) ?? {};

const secret = new RequiredSecret({ namespace: 'x', name: 'login', purpose: '', data: { word: secretText`w` } });
const config = new k8s.KubeConfigMap(new Chart(Testing.app(), 'c'), 'config', { metadata: { name: 'settings' } });

describe('a pod', () => {
  const work = scratchVolume('work', '7Mi');

  test('has the volumes that its containers mount, each once', () => {
    const { volumes } = pod(
      [container({ mounts: [{ volume: work, path: '/out' }, tmp()] })],
      [container({ name: 'first', mounts: [{ volume: work, path: '/in' }] })],
    );
    expect(volumes).toEqual([
      { name: 'work', emptyDir: { sizeLimit: '7Mi' } },
      { name: 'tmp', emptyDir: { sizeLimit: foreignResources.limits['ephemeral-storage'] } },
    ]);
  });

  test('does not list the volume of a claim template, which Kubernetes adds', () => {
    const { volumes, containers } = pod([
      container({ mounts: [{ volume: claimTemplate('data', { size: '1Gi' }), path: '/d' }] }),
    ]);
    expect(volumes).toEqual([]);
    expect(containers[0].volumeMounts).toEqual([{ name: 'data', mountPath: '/d' }]);
  });

  test.each([
    ['a Secret', secretVolume('v', secret, 'word'), true],
    ['a ConfigMap', configMapVolume('v', config), true],
    ['a projected volume', { name: 'v', projected: { sources: [] } }, true],
    ['an empty folder', scratchVolume('v', '1Mi'), undefined],
    ['a claim', { name: 'v', persistentVolumeClaim: { claimName: 'c' } }, undefined],
  ])('mounts %s as Kubernetes does', (_, volume, readOnly) => {
    expect(pod([container({ mounts: [{ volume, path: '/x' }] })]).containers[0].volumeMounts).toEqual([
      { name: 'v', mountPath: '/x', readOnly },
    ]);
  });

  test('can mount read-only what others write', () => {
    const mounts = [{ volume: work, path: '/x', readOnly: true }];
    expect(pod([container({ mounts })]).containers[0].volumeMounts[0].readOnly).toBe(true);
  });

  test('passes Pod Security "restricted", without a token and with a root that is read-only', () => {
    const spec = pod([container()], [container({ name: 'first' })]);
    expect(restrictedFaults(spec)).toEqual([]);
    expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    for (const { securityContext } of [...spec.containers, ...spec.initContainers])
      expect(securityContext.readOnlyRootFilesystem).toBe(true);
  });

  test('has the image and resources that it is given', () => {
    expect(pod([container()]).containers[0]).toMatchObject({
      image: foreignImage.reference,
      imagePullPolicy: foreignImage.pullPolicy,
      resources: foreignResources,
    });
  });
});

test('variables are values, numbers, or what Kubernetes fills in, in the order in which they are said', () => {
  const source = { fieldRef: { fieldPath: 'status.podIP' } };
  expect(envVars({ B: 'text', A: 7, IP: source, EMPTY: '' })).toEqual([
    { name: 'B', value: 'text' },
    { name: 'A', value: '7' },
    { name: 'IP', valueFrom: source },
    { name: 'EMPTY', value: '' },
  ]);
});
