/** A rendered environment of a few objects, and what an API server says of their types. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FakeAnswer } from './fake-kubectl';

const resources = (...of: readonly (readonly [name: string, kind: string, namespaced: boolean])[]) => ({
  resources: of.map(([name, kind, namespaced]) => ({ name, kind, namespaced })),
});

/** The types of what renderSmall() writes. */
export const TYPES: readonly FakeAnswer[] = [
  {
    to: ['--raw=/api/v1'],
    stdout: resources(['namespaces', 'Namespace', false], ['configmaps', 'ConfigMap', true]),
  },
  { to: ['--raw=/apis/apps/v1'], stdout: resources(['deployments', 'Deployment', true]) },
];

export const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
export const CONFIG = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'words', namespace: 'shop' },
  data: { a: 'b' },
};
export const SERVER = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'till', namespace: 'shop' },
  spec: { template: { spec: { containers: [{ name: 'c', envFrom: [{ secretRef: { name: 'drawer' } }] }] } } },
};

/** Writes dist/corner/ with a Namespace and a ConfigMap, and whatever else is given by its stage. */
export function renderSmall(root: string, more: Readonly<Record<string, object>> = {}): void {
  const files: Record<string, object> = { '10-setup/namespaces': NAMESPACE, '40-tracking/words': CONFIG, ...more };
  for (const [path, object] of Object.entries(files)) {
    const file = join(root, 'dist/corner', `${path}.yaml`);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, JSON.stringify(object));
  }
}

/** What a cluster says that has these objects. */
export const has = (...items: readonly object[]) => ({ apiVersion: 'v1', kind: 'List', items });
