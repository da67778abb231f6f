/** That linters judge by what this API server says: its OpenAPI is that in the source of Kubernetes. */
import { isDeepStrictEqual } from 'node:util';
import { kubernetesSource } from '../cluster/build/kubernetes';
import type { Cluster } from '../cluster/cluster';
import { openApiDocuments } from '../lint/schemas';

/** @param version such as "v1.35.4" */
export async function openApiAgrees(cluster: Cluster, project: string, version: string): Promise<string> {
  const source = kubernetesSource(project, version.split('.').slice(0, 2).join('.').slice(1));
  let compared = 0;
  for (const [file, recorded] of openApiDocuments(source)) {
    const path = file.replace('_openapi.json', '').replaceAll('__', '/');
    const { components } = JSON.parse(await cluster.run(['get', '--raw', `/openapi/v3/${path}`])) as {
      readonly components: { readonly schemas?: Readonly<Record<string, object>> };
    };
    const differing = Object.keys(recorded).filter(
      (name) => !isDeepStrictEqual(shapeOf(recorded[name]), shapeOf(components.schemas?.[name])),
    );
    if (differing.length > 0) throw new Error(`${path} differs in ${differing.slice(0, 5).join(', ')}`);
    compared += Object.keys(recorded).length;
  }
  return `${compared} schemas are those that manifests are linted by`;
}

/** A running server lists the words of an enumeration, there and in its description; the recorded documents do not. */
function shapeOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(shapeOf);
  if (typeof schema !== 'object' || schema === null) return schema;
  const fields = Object.entries(schema).filter(
    ([name, value]) =>
      !(name === 'enum' && Array.isArray(value)) && !(name === 'description' && typeof value === 'string'),
  );
  return Object.fromEntries(fields.map(([name, value]) => [name, shapeOf(value)]));
}
