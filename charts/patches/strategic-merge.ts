/**
 * Merges a part of an object into it, as `kubectl patch` does by default ("strategic merge"):
 *
 * - mappings are merged field by field, and null removes a field;
 * - the lists below are merged item by item, found by the field that tells their items apart; new items come last;
 * - every other list is replaced;
 * - `$patch: delete` in an item removes it, and `$patch: replace` in a mapping puts the mapping in place of the old one.
 *
 * The keys are those of the patchMergeKey marks in k8s.io/api; SeldonDeployments have none there, and follow their names.
 */
import { isMapping, type Mapping } from '../lib/mapping';

const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  webhooks: 'name',
  // Of a SeldonDeployment.
  predictors: 'name',
  children: 'name',
};

/** The only list whose items have no name and yet are merged: each is the pod of its place. Of a SeldonDeployment. */
const BY_PLACE = 'componentSpecs';

/**
 * @param kind of the object, since the ports of a Service are told apart otherwise than those of a container
 * @throws Error where an item of a list does not say which one it is
 */
export function strategicMerge(object: Mapping, patch: Mapping, kind: string): Mapping {
  const { $patch, ...fields } = patch;
  if ($patch === 'replace') return fields;
  if ($patch !== undefined) throw new Error(`$patch: ${String($patch)} is not known here; it can be replace`);
  const merged = new Map(Object.entries(object));
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergedField(name, merged.get(name), value, kind));
  }
  return Object.fromEntries(merged);
}

function mergedField(name: string, old: unknown, value: unknown, kind: string): unknown {
  if (isMapping(value)) return strategicMerge(isMapping(old) ? old : {}, value, kind);
  if (!Array.isArray(value)) return value;
  const items = Array.isArray(old) ? old : [];
  if (name === BY_PLACE) {
    const rest = items.slice(value.length);
    return [...value.map((item, place) => mergedField('', items[place], item, kind)), ...rest];
  }
  const key = keyOf(name, items.concat(value), kind);
  return key === undefined ? value : mergedItems(name, key, items, value, kind);
}

/** The field that tells the items of a list apart; undefined for a list that is replaced. */
export function keyOf(name: string, items: readonly unknown[], kind: string): string | undefined {
  if (name !== 'ports') return MERGE_KEYS[name];
  if (kind === 'Service') return 'port';
  return items.some((item) => isMapping(item) && 'containerPort' in item) ? 'containerPort' : undefined;
}

function mergedItems(name: string, key: string, old: readonly unknown[], items: readonly unknown[], kind: string) {
  const list = [...old];
  for (const item of items) {
    const id = isMapping(item) ? item[key] : undefined;
    if (!isMapping(item) || id === undefined)
      throw new Error(`an item of ${name} needs its ${key}, which tells it apart`);
    const place = list.findIndex((candidate) => isMapping(candidate) && candidate[key] === id);
    if (item.$patch === 'delete') {
      if (place < 0) throw new Error(`${name} has no item whose ${key} is ${String(id)}, to delete`);
      list.splice(place, 1);
    } else if (place < 0) list.push(mergedField('', undefined, item, kind));
    else list[place] = mergedField('', list[place], item, kind);
  }
  return list;
}
