/** Keeps pods on nodes that their images are built for, in a cluster whose nodes differ. */

import type { ComponentFile } from './component';
import { renewed } from './job';
import { isMapping, type Mapping } from './mapping';

const ON_AMD64 = { 'kubernetes.io/arch': 'amd64' };

interface ObjectJson {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: unknown;
}
/** The file with a nodeSelector in each pod that runs one of these images. */
export function withAmd64(file: ComponentFile, images: ReadonlySet<string>): ComponentFile {
  return { ...file, objects: file.objects.map((object) => selected(object as ObjectJson, images)) };
}

function selected(object: ObjectJson, images: ReadonlySet<string>): ObjectJson {
  if (object.kind === 'CustomResourceDefinition') return object;
  const spec = within(object.spec, images, false);
  return JSON.stringify(spec) === JSON.stringify(object.spec) ? object : renewed({ ...object, spec });
}

/** @param executor whether the operator adds Seldon's executor to the pods below, whose image is one of them */
function within(value: unknown, images: ReadonlySet<string>, executor: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => within(item, images, executor));
  if (!isMapping(value)) return value;
  if (Array.isArray(value.containers) || Array.isArray(value.templates)) {
    return executor || runs(value, images) ? { ...value, nodeSelector: { ...ON_AMD64, ...asMapping(value) } } : value;
  }
  const adds = executor || ('componentSpecs' in value && asText(value, 'seldon.io/no-engine') !== 'true');
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, within(child, images, adds)]));
}

const asMapping = ({ nodeSelector }: Mapping) => (isMapping(nodeSelector) ? nodeSelector : {});
const asText = ({ annotations }: Mapping, name: string) => (isMapping(annotations) ? annotations[name] : undefined);

/** Whether one of the images is in a pod, or in a template of Argo. */
function runs(value: unknown, images: ReadonlySet<string>): boolean {
  if (Array.isArray(value)) return value.some((item) => runs(item, images));
  if (!isMapping(value)) return false;
  return Object.entries(value).some(([name, child]) =>
    name === 'image' && typeof child === 'string' ? images.has(child) : runs(child, images),
  );
}
