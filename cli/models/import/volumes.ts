/** The volumes of a pod, and where a container has them: what it reads, and the folders that it may write to. */
import { TMP } from '../../../charts/models/files';
import type { Fields, Reader } from './reader';

/** A volume, as a model file names it: by what is in it, or as an empty folder. */
type Volume =
  | { readonly source: Fields }
  /** On the disk, or in memory. */
  | { readonly emptyDir: 'disk' | 'memory'; readonly size?: string };

/** The volumes of a pod by name. */
export type Volumes = ReadonlyMap<string, Volume>;

const SHARED_MEMORY = '/dev/shm';

export function readVolume(reader: Reader): [string, Volume] {
  const name = reader.text('name') ?? '';
  if (reader.has('emptyDir')) {
    const emptyDir = reader.mapping('emptyDir');
    const medium = emptyDir.text('medium') === 'Memory' ? 'memory' : 'disk';
    if (medium === 'disk') emptyDir.leave('sizeLimit', 'it follows from resources.limits.ephemeral-storage');
    const size = emptyDir.text('sizeLimit');
    emptyDir.done();
    reader.done();
    return [name, { emptyDir: medium, size }];
  }
  const secret = reader.mapping('secret');
  const configMap = reader.mapping('configMap');
  // An old form of the API nests the source once more.
  const nested = reader.mapping('volumeSource');
  const claims = [reader, nested].map((from) => from.mapping('persistentVolumeClaim'));
  const source: Record<string, string | undefined> = {
    secret: secret.text('secretName'),
    configMap: configMap.text('name'),
    claim: claims.map((claim) => claim.text('claimName')).find((found) => found !== undefined),
  };
  for (const claim of claims) {
    claim.ignore('readOnly');
    claim.done();
  }
  secret.ignore('defaultMode');
  configMap.ignore('defaultMode');
  for (const rest of [secret, configMap, nested, reader]) rest.done();
  return [name, { source: Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined)) }];
}

/** The fields of a model file's `container` that say what is mounted. */
export function readMounts(mounts: readonly Reader[], volumes: Volumes): Fields {
  const read: Fields[] = [];
  const scratch: string[] = [];
  let sharedMemory: string | undefined;
  for (const mount of mounts) {
    const name = mount.text('name') ?? '';
    const path = mount.text('mountPath') ?? '';
    const volume = volumes.get(name);
    mount.ignore('readOnly');
    mount.done();
    if (volume === undefined) mount.note('', `its volume ${name} is not among those of the pod`);
    else if ('source' in volume) {
      if (Object.keys(volume.source).length === 1) read.push({ path, ...volume.source });
      else mount.note('', `its volume ${name} is none of Secret, ConfigMap, claim and emptyDir`);
    } else if (path === SHARED_MEMORY && volume.size !== undefined) sharedMemory = volume.size;
    else if (volume.emptyDir === 'memory')
      mount.note(
        '',
        `its volume ${name} is in memory, which a model file has at ${SHARED_MEMORY} alone, with a sizeLimit`,
      );
    // Every container has a folder of its own there.
    else if (path !== TMP.mountPath) scratch.push(path);
  }
  return {
    ...(read.length > 0 && { volumes: read }),
    ...(scratch.length > 0 && { scratch }),
    ...(sharedMemory !== undefined && { sharedMemory }),
  };
}
