/**
 * JSON Schemas for kubeconform, of what the API server says about its types.
 *
 * Those of Kubernetes are the OpenAPI documents in its source, which its own build records from a running API server;
 * `npm run e2e:api` compares them with those of the server that it starts. Those of other projects are their definitions.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadAll } from 'js-yaml';
import { type OpenApi, strict } from './strict-schema';

interface Described {
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

interface Definition {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: OpenApi } }[];
  };
}

/** Documents of versions that an API server serves without being asked to. */
const STABLE = /__v\d+_openapi\.json$/;
const METADATA = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
/** The one whose words OpenAPI 3.0 uses. */
const DRAFT = 'http://json-schema.org/draft-04/schema#';
const REFERENCE = '#/components/schemas/';

/** Where kubeconform finds the schema of an object, below the folder of the schemas. */
export const SCHEMA_FILE = '{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json';

/** The OpenAPI documents in the source of Kubernetes, by the name of their files. */
export function openApiDocuments(source: string): Map<string, Readonly<Record<string, OpenApi>>> {
  const folder = join(source, 'api/openapi-spec/v3');
  const files = readdirSync(folder).filter((name) => STABLE.test(name));
  return new Map(
    files.map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const { components } = JSON.parse(text) as { components: { schemas?: Record<string, OpenApi> } };
      return [name, components.schemas ?? {}];
    }),
  );
}

/**
 * Writes the schemas of one release of Kubernetes.
 * @param definitions CustomResourceDefinitions of other projects, as YAML
 */
export function writeSchemas(folder: string, source: string, definitions: readonly string[]): void {
  const all: Record<string, OpenApi> = Object.assign({}, ...openApiDocuments(source).values());
  const write = (group: string, version: string, kind: string, schema: OpenApi) => {
    const file = join(folder, group, `${kind.toLowerCase()}_${version}.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      JSON.stringify({ $schema: DRAFT, ...strict(schema), definitions: strictAll(reachable(schema, all)) }),
    );
  };
  for (const schema of Object.values(all)) {
    const [type, ...more] = (schema as Described)['x-kubernetes-group-version-kind'] ?? [];
    // What has several is a part of many, such as the options of a deletion.
    if (type && more.length === 0) write(type.group || type.version, type.version, type.kind, schema);
  }
  for (const { spec } of definitions.flatMap((text) => loadAll(text) as Definition[]).filter(isDefinition)) {
    for (const { name, schema } of spec.versions) {
      write(spec.group, name, spec.names.kind, withMetadata(schema.openAPIV3Schema));
    }
  }
}

/** kubeconform reads manifests of several documents, of which some may be empty. */
const isDefinition = (document: Definition | null) => document?.kind === 'CustomResourceDefinition';

/** A definition leaves it to the API server what metadata has. */
const withMetadata = (schema: OpenApi): OpenApi => ({
  ...schema,
  properties: { ...(schema.properties as object), metadata: { $ref: `${REFERENCE}${METADATA}` } },
});

const strictAll = (schemas: Readonly<Record<string, OpenApi>>) =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, strict(schema)]));

/** What a schema refers to, and what that refers to. */
function reachable(schema: OpenApi, all: Readonly<Record<string, OpenApi>>): Record<string, OpenApi> {
  const found: Record<string, OpenApi> = {};
  const visit = (part: OpenApi) => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      const named = all[name];
      if (!named) throw new Error(`no OpenAPI document has ${name}`);
      if (name in found) continue;
      found[name] = named;
      visit(named);
    }
  };
  visit(schema);
  return found;
}
