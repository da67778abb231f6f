/** Commands that copy the images of an environment to where it pulls them from. */
import type { PlatformConfig } from '../../charts/config';
import type { ImageName } from '../../charts/images/catalogue';
import { registryOf, splitImage, withoutDigest } from '../../charts/images/references';
import { resolveImages } from '../../charts/images/resolve';
import type { ListedImage } from './list';

export const TOOLS = ['crane', 'skopeo'] as const;
export type Tool = (typeof TOOLS)[number];

/** All architectures of an image, and the same digest at both ends. */
const COPY: Readonly<Record<Tool, (from: string, to: string) => string>> = {
  crane: (from, to) => `crane copy ${from} ${to}`,
  skopeo: (from, to) => `skopeo copy --all --preserve-digests docker://${from} docker://${to}`,
};

/**
 * A line for each image: the command that copies it, or a comment that says why there is none.
 * @param registry where to; undefined where `images` of platform.yaml says that
 */
export function mirrorCommands(
  config: PlatformConfig,
  images: readonly ListedImage[],
  registry: string | undefined,
  tool: Tool,
): string[] {
  const { overrides, ...mirrors } = config.images;
  const props = { overrides, seldonVersion: config.seldon.version };
  const sources = resolveImages(props);
  const targets = resolveImages({ ...props, ...(registry === undefined ? mirrors : { registry }) });
  return images.map(({ image, digest, name }) => {
    if (name === undefined) return `# ${image}: a model file or a patch names it, which no mirror changes`;
    const [source, target] = [sources, targets].map((all) => withoutDigest(all[name as ImageName].reference)) as [
      string,
      string,
    ];
    if (registryOf(source) === undefined) return `# ${image}: is built by you; push it to ${target}`;
    if (source === target) return `# ${image}: is pulled from where it is`;
    // skopeo refuses a source with a tag and a digest.
    return COPY[tool](digest ? `${splitImage(source).repository}@${digest}` : source, target);
  });
}
