/** Labels and annotations that every object of an environment carries. */
import type { ComponentFile } from './component';

export interface CommonMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface ObjectJson {
  readonly metadata: CommonMetadata;
}

/**
 * The file with these labels and annotations on each object; an object's own stay as they are. Only the object itself gets
 * them: selectors and claim templates cannot change once they are applied, and new labels on pods would restart them.
 */
export function withCommonMetadata(file: ComponentFile, common: CommonMetadata): ComponentFile {
  if (!common.labels && !common.annotations) return file;
  return { ...file, objects: file.objects.map((object) => labelled(object as ObjectJson, common)) };
}

function labelled(object: ObjectJson, { labels, annotations }: CommonMetadata): ObjectJson {
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(labels && { labels: { ...labels, ...metadata.labels } }),
      ...(annotations && { annotations: { ...annotations, ...metadata.annotations } }),
    },
  };
}
