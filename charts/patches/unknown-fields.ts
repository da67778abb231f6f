/**
 * Fields of an object that are mistyped names of fields that its type has. No schema is carried along for it: the classes of
 * the API copy the fields that they know one by one, so an object that notes what it is asked for learns the names.
 *
 * The classes are of Kubernetes 1.27, and a later API server has more fields: a name that is like no other is left to it.
 */
import { distance } from 'fastest-levenshtein';
import { SeldonDeployment } from '../../imports/machinelearning.seldon.io';
import { k8s } from '../lib/k8s';
import { isMapping, type Mapping } from '../lib/mapping';

interface ObjectType {
  readonly GVK: { readonly apiVersion: string; readonly kind: string };
  manifest(fields: unknown): unknown;
}

const isType = (value: unknown): value is ObjectType =>
  typeof value === 'function' && 'GVK' in value && 'manifest' in value;

function typeOf({ apiVersion, kind }: Mapping): ObjectType | undefined {
  const types: readonly unknown[] = [...Object.values(k8s), SeldonDeployment];
  return types.filter(isType).find(({ GVK }) => GVK.apiVersion === apiVersion && GVK.kind === kind);
}

/** What an object was asked for at one place. */
interface Asked {
  readonly path: string;
  readonly has: readonly string[];
  /** As the classes spell them: clusterIp where the API has clusterIP. */
  readonly names: Set<string>;
  /** Whether it may have any names, as labels. */
  isOpen: boolean;
}

/** Each mistyped field, with its path and what was probably meant. */
export function mistypedFields(object: Mapping): string[] {
  const type = typeOf(object);
  if (type === undefined) return [];
  const all: Asked[] = [];
  const { apiVersion: _, kind: __, ...fields } = object;
  try {
    type.manifest(asking(fields, '', all));
  } catch {
    // A list or a mapping is something else, which others say.
    return [];
  }
  return all.flatMap(mistypedAt);
}

function asking(value: unknown, path: string, all: Asked[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => asking(item, `${path}[${index}]`, all));
  if (!isMapping(value)) return value ?? undefined;
  const asked: Asked = { path, has: Object.keys(value), names: new Set(), isOpen: false };
  all.push(asked);
  return new Proxy(value, {
    get(fields, name) {
      if (typeof name !== 'string') return undefined;
      asked.names.add(name);
      const field = asked.has.find((key) => spelling(key) === spelling(name)) ?? name;
      return asking(fields[field], path === '' ? field : `${path}.${field}`, all);
    },
    ownKeys(fields) {
      asked.isOpen = true;
      return Reflect.ownKeys(fields);
    },
  });
}

function mistypedAt({ path, has, names, isOpen }: Asked): string[] {
  if (isOpen) return [];
  return has.flatMap((field) => {
    if ([...names].some((name) => isSame(field, name))) return [];
    const [nearest] = [...names]
      .map((name) => ({ name, far: distance(spelling(name), spelling(field)) }))
      .filter(({ far }) => far <= Math.min(2, Math.ceil(field.length / 4)))
      .sort((a, b) => a.far - b.far);
    if (nearest === undefined) return [];
    return `${path === '' ? field : `${path}.${field}`}: unknown field; did you mean "${inApi(nearest.name)}"?`;
  });
}

const spelling = (name: string) => name.replace(/[_-]/g, '').toLowerCase();

/** A name of the classes as the API spells it. */
const inApi = (name: string) =>
  name.replace(/(?:Api|Cidr|Cpu|Fqdn|Id|Io|Ip|Ipc|Pid|Tls|UrL|Uuid|WwN)(?=s?$|[A-Z])/g, (word) => word.toUpperCase());

/** The rule above misses some abbreviations. */
const isSame = (field: string, name: string) =>
  field === inApi(name) || (/[A-Z]{2}|[_-]/.test(field) && spelling(field) === spelling(name));
