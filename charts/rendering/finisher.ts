/** What an environment adds to every object, whichever component has made it. */
import type { PlatformConfig } from '../config';
import { withGuards } from '../delivery/guards';
import { withDigests } from '../images/digests';
import { amd64Images, type Images } from '../images/resolve';
import { withAmd64 } from '../lib/architecture';
import { withAssignedUids } from '../lib/assigned-uids';
import { withCommonMetadata } from '../lib/common-metadata';
import type { ComponentFile } from '../lib/component';
import { withHighUids } from '../lib/high-uids';
import { withPatches } from '../patches/patches';
import { withPriorities } from '../priorities/priorities';

/** Gives a file of a component as it is written. Patches are the environment's last word; their images are locked, too. */
export function finisher(config: PlatformConfig, images: Images): (file: ComponentFile) => ComponentFile {
  const { architectures = [], podSecurity, commonLabels, commonAnnotations, patches = [], imageLock } = config;
  const amd64 = architectures.some((name) => name !== 'amd64')
    ? amd64Images(images, config.images.overrides)
    : undefined;
  const guardedBy = { argoCd: config.delivery.argoCd !== undefined, flux: config.delivery.flux !== undefined };
  const { priorities, environment } = config;
  return (file) => {
    const placed = amd64 ? withAmd64(file, amd64) : file;
    const ranked = priorities.enabled ? withPriorities(placed, environment) : placed;
    const labelled = withCommonMetadata(withUsers(ranked, podSecurity), {
      labels: commonLabels,
      annotations: commonAnnotations,
    });
    const patched = withPatches(withGuards(labelled, guardedBy), patches);
    return imageLock ? withDigests(patched, imageLock) : patched;
  };
}

/** Who chooses the users of pods. */
function withUsers(file: ComponentFile, { uids }: PlatformConfig['podSecurity']): ComponentFile {
  if (uids === 'high') return withHighUids(file);
  return uids === 'assigned' ? withAssignedUids(file) : file;
}
