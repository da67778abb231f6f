/** The images of one environment: the catalogue, and what the environment says of it. */
import type { Image, PullPolicy } from '../lib/image';
import { CATALOGUE, type CatalogueEntry, type ImageName } from './catalogue';
import type { ImageLock } from './locked';
import { registryOf } from './references';

/** What an environment may say about one image. */
export interface ImageOverride {
  /** @default - the catalogue's, from the mirror where there is one */
  readonly repository?: string;
  /** @default - the catalogue's */
  readonly tag?: string;
  /** @default - the tag alone decides what is pulled */
  readonly digest?: string;
  /** @default - that of all images */
  readonly pullPolicy?: PullPolicy;
}

export type Images = Readonly<Record<ImageName, Image>>;

export interface ImagesProps {
  /**
   * Registry, and a path in it, that replaces the registry of every image.
   * @default - images come from their own registries
   */
  readonly registry?: string;
  /**
   * The same for single registries, by their hosts.
   * @default - `registry` is for all of them
   */
  readonly registries?: Readonly<Record<string, string>>;
  readonly overrides: Partial<Record<ImageName, ImageOverride>>;
  /** When images are pulled of which nothing else is said. @default 'IfNotPresent' */
  readonly pullPolicy?: PullPolicy;
  /** Version of Seldon Core. */
  readonly seldonVersion: string;
  /** @default - tags decide what is pulled, but for overrides that have a digest */
  readonly lock?: ImageLock;
}

/** The images of one environment: the catalogue, its overrides, and the mirror in front of all of them. */
export function resolveImages(props: ImagesProps): Images {
  const entries = Object.entries(CATALOGUE).map(([name, entry]) => {
    const override: ImageOverride = props.overrides[name as ImageName] ?? {};
    const tag = override.tag ?? (entry.tag === 'seldon' ? props.seldonVersion : entry.tag);
    // An override says where the image is; the mirror is for the others.
    const repository = override.repository ?? mirrored(entry.repository, props);
    const digest = override.digest ?? props.lock?.[`${repository}:${tag}`]?.digest;
    const version = digest ? `${tag}@${digest}` : tag;
    const image: Image = {
      repository,
      version,
      reference: `${repository}:${version}`,
      pullPolicy: override.pullPolicy ?? props.pullPolicy ?? 'IfNotPresent',
      label: tag
        .replace(/^[^A-Za-z0-9]+/, '')
        .slice(0, 63)
        .replace(/[^A-Za-z0-9]+$/, ''),
    };
    return [name, image] as const;
  });
  return Object.fromEntries(entries) as Record<ImageName, Image>;
}

/** References of the images that run on amd64 only. An override of the repository may be built for others. */
export function amd64Images(images: Images, overrides: ImagesProps['overrides']): ReadonlySet<string> {
  const names = (Object.keys(CATALOGUE) as ImageName[]).filter((name) => {
    const entry: CatalogueEntry = CATALOGUE[name];
    return entry.architecture === 'amd64' && overrides[name]?.repository === undefined;
  });
  return new Set(names.map((name) => images[name].reference));
}

/** Puts a mirror in place of the registry host: docker.io/pgsty/silo becomes mirror.example.com/pgsty/silo. */
function mirrored(repository: string, { registry, registries = {} }: ImagesProps): string {
  const host = registryOf(repository);
  const mirror = (host === undefined ? undefined : registries[host]) ?? registry;
  if (mirror === undefined) return repository;
  return [mirror, host === undefined ? repository : repository.slice(host.length + 1)].join('/');
}
