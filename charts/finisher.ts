/** What an environment adds to every object, whichever component has made it. */
import type { PlatformConfig } from './config';
import { withGuards } from './delivery/guards';
import { amd64Images, type Images } from './images/catalogue';
import { withAmd64 } from './lib/architecture';
import { withAssignedUids } from './lib/assigned-uids';
import { withCommonMetadata } from './lib/common-metadata';
import type { ComponentFile } from './lib/component';
import { withPatches } from './patches/patches';

/** Gives a file of a component as it is written. Patches come last: they are the environment's last word. */
export function finisher(config: PlatformConfig, images: Images): (file: ComponentFile) => ComponentFile {
  const { architectures = [], podSecurity, commonLabels, commonAnnotations, patches = [] } = config;
  const amd64 = architectures.some((name) => name !== 'amd64')
    ? amd64Images(images, config.images.overrides)
    : undefined;
  const guardedBy = { argoCd: config.delivery.argoCd !== undefined, flux: config.delivery.flux !== undefined };
  return (file) => {
    const placed = amd64 ? withAmd64(file, amd64) : file;
    const users = podSecurity.uids === 'assigned' ? withAssignedUids(placed) : placed;
    const labelled = withCommonMetadata(users, { labels: commonLabels, annotations: commonAnnotations });
    return withPatches(withGuards(labelled, guardedBy), patches);
  };
}
