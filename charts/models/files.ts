/** How the files of a node get into its pod: an init container fetches them into a volume that the server reads. */

import { envVars, resourceRequirements } from '../lib/container';
import type { k8s } from '../lib/k8s';
import { scratchVolume, volumeMount } from '../lib/volumes';
import { authorityMounts, rcloneTrust } from '../object-store/rclone';
import { MODEL_PATH } from '../seldon/contract';
import { loaderOf } from './naming';
import type { NodeProps } from './node';
import type { ModelProps } from './props';
import type { Protocol } from './protocol';
import type { ServingProps } from './serving';

/** Every container of a model may write here. */
export const TMP = { name: 'tmp', mountPath: '/tmp' };

/** Where a PersistentVolumeClaim that files are copied from is mounted. */
const SOURCE_PATH = '/mnt/source';

/** The volume with the files. The operator adds none of its own where this one has the name that it would give. */
const volumeName = (node: NodeProps, protocol: Protocol) => `${loaderOf(node, protocol)}-provision-location`;

/** The volume that the files are copied to. */
export function fileVolume(node: NodeProps, protocol: Protocol): k8s.Volume {
  return scratchVolume(volumeName(node, protocol));
}

/** What a server mounts to read its files. */
export function fileMount(node: NodeProps, protocol: Protocol): k8s.VolumeMount {
  return { name: volumeName(node, protocol), mountPath: MODEL_PATH, readOnly: true };
}

/** The PersistentVolumeClaim that the files are copied from, where their source is one. */
export function sourceVolume({ name, uri = '' }: NodeProps): k8s.Volume | undefined {
  const claim = /^pvc:\/\/([^/]+)/.exec(uri)?.[1];
  return claim === undefined
    ? undefined
    : { name: `${name}-source`, persistentVolumeClaim: { claimName: claim, readOnly: true } };
}

/** The init container that fetches the files of a node with rclone. */
export function initializer(
  node: NodeProps,
  { protocol }: ModelProps,
  { initializer: image, secretOf, variablesOf, authorityOf }: ServingProps,
): k8s.Container {
  const { uri = '', initializerResources } = node;
  const source = sourceVolume(node);
  const authority = authorityOf?.(uri);
  return {
    // The operator leaves a container of this name alone. The one that it would add has no securityContext.
    name: `${loaderOf(node, protocol)}-model-initializer`,
    image: image.reference,
    imagePullPolicy: image.pullPolicy,
    args: [source ? uri.replace(/^pvc:\/\/[^/]+/, SOURCE_PATH) : uri, MODEL_PATH],
    env: envVars({
      HOME: '/tmp',
      ...variablesOf?.(uri),
      ...rcloneTrust(authority),
      // Nobody reads it. It changes the pod, so that new files at the same place start new pods.
      ...(node.version && { MODEL_DIGEST: node.version.digest }),
    }),
    ...(!source && { envFrom: [{ secretRef: { name: secretOf(uri) } }] }),
    resources: resourceRequirements(initializerResources),
    volumeMounts: [
      { name: volumeName(node, protocol), mountPath: MODEL_PATH },
      TMP,
      ...(source ? [{ name: source.name, mountPath: SOURCE_PATH, readOnly: true }] : []),
      ...authorityMounts(authority).map(volumeMount),
    ],
  };
}
