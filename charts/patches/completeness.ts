/** What a patched object lacks, that its kind cannot be without: a mistyped name adds such an item to a list. */
import { isMapping, type Mapping } from '../lib/mapping';
import { parseQuantity } from '../lib/quantity';
import { keyOf } from './strategic-merge';

/** What an item needs besides the field that tells it apart. Source: k8s.io/api, and the definition of SeldonDeployments. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  containers: ['image'],
  initContainers: ['image'],
  volumeMounts: ['name'],
  volumeDevices: ['name'],
  topologySpreadConstraints: ['maxSkew', 'whenUnsatisfiable'],
  webhooks: ['clientConfig', 'sideEffects', 'admissionReviewVersions'],
  predictors: ['graph'],
};

/** Lists that may not be emptied. */
const NEVER_EMPTY = ['containers', 'predictors'];

/** @returns each thing that is missing, of another kind or no quantity, where the patch is to blame for it */
export function gapsOf(before: unknown, after: unknown, kind: string, path = ''): string[] {
  if (before === after || after === null) return [];
  if (Array.isArray(before) && !Array.isArray(after)) return [`${path}: must be a list`];
  if (isMapping(before) && !isMapping(after)) return [`${path}: must be a mapping`];
  if (Array.isArray(after))
    return after.flatMap((item, index) =>
      gapsOf(Array.isArray(before) ? before[index] : undefined, item, kind, `${path}[${index}]`),
    );
  if (!isMapping(after)) return [];
  const old = isMapping(before) ? before : {};
  const to = (name: string) => (path === '' ? name : `${path}.${name}`);
  return [
    ...NEVER_EMPTY.filter((name) => Array.isArray(old[name]) && isEmpty(after[name])).map(
      (name) => `${to(name)}: must be a list with at least one item`,
    ),
    ...(isMapping(old.spec) && isEmpty(after.spec) ? [`${to('spec')}: may not be removed`] : []),
    ...Object.entries(after).flatMap(([name, value]) => [
      ...(name === 'replicas' && !Number.isInteger(value ?? 0)
        ? [`${to(name)}: must be a whole number, not ${JSON.stringify(value)}, such as 2`]
        : []),
      ...(name === 'requests' || name === 'limits' ? badQuantities(value, to(name)) : []),
      ...fieldGaps(name, old[name], value, kind, to(name)),
    ]),
  ];
}

const isEmpty = (value: unknown) =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

function fieldGaps(name: string, before: unknown, after: unknown, kind: string, path: string): string[] {
  const items = Array.isArray(before) ? before : [];
  const key = Array.isArray(after) ? keyOf(name, items.concat(after), kind) : undefined;
  if (!Array.isArray(after) || key === undefined) return gapsOf(before, after, kind, path);
  return after.flatMap((item, index) => {
    if (!isMapping(item)) return [`${path}[${index}]: must be a mapping`];
    const old = items.find((candidate) => isMapping(candidate) && candidate[key] === item[key]);
    return [
      ...itemGaps(name, key, old, item, items, kind).map((text) => `${path}[${index}]: ${text}`),
      ...gapsOf(old, item, kind, `${path}[${index}]`),
    ];
  });
}

function itemGaps(name: string, key: string, old: unknown, item: Mapping, others: readonly unknown[], kind: string) {
  // A Service that has several ports needs their names.
  const needed = name === 'ports' && kind === 'Service' && others.length > 0 ? ['name'] : (NEEDED[name] ?? []);
  const missing = needed.filter((field) => item[field] === undefined && (!isMapping(old) || old[field] !== undefined));
  if (missing.length === 0) return [];
  const fields = missing.join(', ');
  if (old !== undefined) return [`${fields}: may not be removed`];
  const known = others.filter(isMapping).map((other) => String(other[key]));
  const choice = known.length > 0 ? `, or name one that is there (${known.join(', ')})` : '';
  return [`${key}: ${String(item[key])} is new, and has no ${fields}; write it${choice}`];
}

function badQuantities(values: unknown, path: string): string[] {
  if (!isMapping(values)) return [];
  return Object.entries(values).flatMap(([name, value]) =>
    parseQuantity(String(value)) === undefined
      ? [`${path}.${name}: must be a Kubernetes quantity, not ${JSON.stringify(value)}, such as "512Mi" or "500m"`]
      : [],
  );
}
