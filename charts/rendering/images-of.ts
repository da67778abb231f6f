/** Which image each name of the catalogue stands for in an environment. */
import type { PlatformConfig } from '../config';
import { type Images, resolveImages } from '../images/resolve';

/** The images of an environment. */
export function imagesFor({
  images,
  seldon,
  imageLock,
}: Pick<PlatformConfig, 'images' | 'seldon' | 'imageLock'>): Images {
  const { registry, registries, overrides, pullPolicy } = images;
  return resolveImages({
    registry,
    registries,
    overrides,
    pullPolicy,
    seldonVersion: seldon.version,
    lock: imageLock,
  });
}
