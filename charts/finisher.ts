/** What an environment adds to every object, whichever component has made it. */
import type { PlatformConfig } from './config';
import { amd64Images, type Images } from './images/catalogue';
import { withDigests } from './images/digests';
import { withAmd64 } from './lib/architecture';
import { withAssignedUids } from './lib/assigned-uids';
import { withCommonMetadata } from './lib/common-metadata';
import type { ComponentFile } from './lib/component';
import { withPatches } from './patches/patches';

/** Gives a file of a component as it is written. Patches are the environment's last word; their images are locked, too. */
export function finisher(config: PlatformConfig, images: Images): (file: ComponentFile) => ComponentFile {
  const { architectures = [], podSecurity, commonLabels, commonAnnotations, patches = [], imageLock } = config;
  const amd64 = architectures.some((name) => name !== 'amd64')
    ? amd64Images(images, config.images.overrides)
    : undefined;
  return (file) => {
    const placed = amd64 ? withAmd64(file, amd64) : file;
    const users = podSecurity.uids === 'assigned' ? withAssignedUids(placed) : placed;
    const labelled = withCommonMetadata(users, { labels: commonLabels, annotations: commonAnnotations });
    const patched = withPatches(labelled, patches);
    return imageLock ? withDigests(patched, imageLock) : patched;
  };
}
