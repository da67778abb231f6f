/**
 * The images that rendered objects name, wherever they stand: in containers, in the JSON of seldon-config, and in the
 * variables and arguments by which operators are told what they will start.
 */

import { imageReference } from '../../config/image-fields';
import { isMapping } from '../lib/mapping';

const reference = imageReference('docker.io/library/postgres:18.6-trixie');
/** What has been asked before: thousands of models have few images. */
const known = new Map<unknown, boolean>();

function isReference(text: unknown): text is string {
  const answer = known.get(text) ?? reference.safeParse(text).success;
  known.set(text, answer);
  return answer;
}

/** Whether a digest decides what is pulled. */
export const isPinned = (image: string) => image.includes('@sha256:');

/** An image without its digest. */
export const withoutDigest = (image: string) => image.replace(/@sha256:[0-9a-f]{64}$/, '');

/** The repository of an image, and its tag or digest. */
export function splitImage(image: string): { repository: string; version: string } {
  const name = withoutDigest(image);
  // A colon before the last slash is that of a port.
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const end = colon < 0 ? name.length : colon;
  return { repository: image.slice(0, end), version: image.slice(end + 1) };
}

/** The host of the registry that an image is pulled from; undefined where it names none, as one that was built locally. */
export function registryOf(image: string): string | undefined {
  const [host = '', ...path] = image.split('/');
  return path.length > 0 && (/[.:]/.test(host) || host === 'localhost') ? host : undefined;
}

/** Fields of containers, of seldon-config and of operators' own types; not imagePullPolicy. */
const FIELD = /^image(Name|_\w+)?$/;

/** Every image that an object names, each once, in the order in which they stand. */
export function imagesOf(object: unknown): string[] {
  // The schema of a type has fields called "image".
  if (isMapping(object) && object.kind === 'CustomResourceDefinition') return [];
  return [...new Set(found(object))];
}

function found(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => (typeof item === 'string' ? argument(item) : found(item)));
  if (!isMapping(value)) return [];
  const { name, image, defaultImageVersion } = value;
  // seldon-config has the two apart.
  if (typeof image === 'string' && typeof defaultImageVersion === 'string') return [`${image}:${defaultImageVersion}`];
  if (typeof name === 'string' && name.includes('IMAGE') && isReference(value.value)) return [value.value];
  return Object.entries(value).flatMap(([key, child]) => {
    if (typeof child !== 'string') return found(child);
    if (FIELD.test(key) && isReference(child)) return [child];
    return child.startsWith('{') ? found(parsed(child)) : [];
  });
}

/** An argument such as "--reloader-image=quay.io/team/reloader:1.0". */
function argument(text: string): string[] {
  const [, value] = /^--[\w-]*image[\w-]*=(.+)$/.exec(text) ?? [];
  return isReference(value) ? [value] : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
