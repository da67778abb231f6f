/** The images of an environment, each with what is known of it and who runs it. */
import type { PlatformConfig } from '../../charts/config';
import { CATALOGUE, type CatalogueEntry, type ImageName } from '../../charts/images/catalogue';
import { imagesOf, splitImage, withoutDigest } from '../../charts/images/references';
import { type ObjectJson, podTemplateOf } from '../../charts/lib/workload-json';
import { composePlatform, objectsOf } from '../../charts/platform';
import { imagesFor } from '../../charts/rendering/images-of';
import { expand } from '../../charts/seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../../charts/seldon/expansion/seldon-json';

/** An image that an environment runs, or that something in it may start. */
export interface ListedImage {
  /** With its tag and without a digest. */
  readonly image: string;
  readonly digest?: string;
  /** Its name in the catalogue; absent for one that a model file or a patch names. */
  readonly name?: ImageName;
  readonly purpose: string;
  /** SPDX identifier; absent where nobody has said it. */
  readonly licence?: string;
  /** Absent where they are not known. */
  readonly architectures?: readonly string[];
  /** Objects that run it, or that name it for an operator to run, such as "Deployment mlflow/mlflow". */
  readonly usedBy: readonly string[];
}

/** Every image of an environment, by name. */
export function listImages(config: PlatformConfig): ListedImage[] {
  const images = imagesFor(config);
  const names = new Map((Object.keys(images) as ImageName[]).map((name) => [images[name].reference, name]));
  const users = new Map<string, Set<string>>();
  for (const object of objectsOf(composePlatform(config)) as Iterable<ObjectJson>) {
    const made = object.kind === 'SeldonDeployment' ? expand(object as unknown as SeldonDeploymentJson, images) : [];
    for (const image of [object, ...made.filter((each) => podTemplateOf(each))].flatMap(imagesOf)) {
      const known = users.get(image) ?? new Set();
      users.set(image, known.add(title(object)));
    }
  }
  return [...users].map(([image, by]) => listed(config, image, names.get(image), [...by].sort())).sort(byImage);
}

const byImage = (one: ListedImage, other: ListedImage) => (one.image < other.image ? -1 : 1);

const title = ({ kind, metadata: { namespace, name } }: ObjectJson) =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

function listed(
  { imageLock, images: { overrides } }: PlatformConfig,
  image: string,
  name: ImageName | undefined,
  usedBy: readonly string[],
): ListedImage {
  const tagged = withoutDigest(image);
  const [, digest] = image.split('@');
  const known = name === undefined ? undefined : (CATALOGUE[name] as CatalogueEntry);
  // An override of the repository may be another build, under another licence.
  const isCatalogued = name !== undefined && overrides[name]?.repository === undefined;
  const architectures =
    imageLock?.[tagged]?.architectures ?? (isCatalogued && known?.architecture ? [known.architecture] : undefined);
  return {
    image: tagged,
    ...(digest && { digest }),
    ...(name && { name }),
    purpose: known?.purpose ?? 'Named by a model file or a patch',
    ...(isCatalogued && known && { licence: known.licence }),
    ...(architectures && { architectures }),
    usedBy,
  };
}

/** The table that people read. */
export function imageTable(images: readonly ListedImage[]): string {
  const rows = images.map(({ image, digest, licence, architectures, purpose, usedBy }) => [
    image,
    digest ? `${digest.slice(0, 19)}…` : 'by tag',
    licence ?? 'not known',
    architectures?.join(', ') ?? 'not known',
    users(usedBy),
    purpose,
  ]);
  const all = [['image', 'digest', 'licence', 'architectures', 'used by', 'for'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0))) ?? [];
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}

const users = (usedBy: readonly string[]) =>
  usedBy.length > 2 ? `${usedBy[0]} and ${usedBy.length - 1} more` : usedBy.join(', ');

/** How SBOMs and mirrors tell the parts of an image apart. */
export const tagOf = ({ image }: ListedImage) => splitImage(image).version;
