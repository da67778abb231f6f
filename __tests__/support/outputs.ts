import type { RenderedFile } from '../../charts/rendering/render';

/** The output of one version: files in several folders, each of which says its version, and one of that name. */
export function outputs(version: string, count = 3): RenderedFile[] {
  const files = Array.from({ length: count }, (_, i) => ({
    path: `env-${i % 3}/stage/${i}.yaml`,
    text: `${version} ${i}\n`,
  }));
  return [...files, { path: `only-${version}.yaml`, text: version }];
}
