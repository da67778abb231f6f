import type { ObjectJson, PodJson } from '../lib/workload-json';
import { containersOf, ofKind, podsOf } from './objects';
import { byText, cappedList, row } from './text';

/** One way in which a pod reads a Secret. */
interface Reading {
  readonly secret: string;
  /** The key; undefined where every key is read. */
  readonly key?: string;
  /** A pull Secret is read by the node, and by no container. */
  readonly pull?: boolean;
}

interface CertificateFields {
  readonly spec: { readonly secretName: string };
}

const WIDTHS = [46, 40];
const ALL = 'all keys';

/** The Secrets that something refers to: which keys are read, and by whom. None of them is in dist/. */
export function secrets(objects: readonly ObjectJson[]): readonly string[] {
  const found = new Map<string, { keys: Set<string>; readers: Set<string> }>();
  for (const object of objects) {
    for (const { secret, key = ALL, pull } of podsOf(object).flatMap(readings)) {
      const name = `${object.metadata.namespace}/${secret}`;
      const entry = found.get(name) ?? { keys: new Set<string>(), readers: new Set<string>() };
      found.set(name, entry);
      entry.keys.add(pull ? 'to pull images' : key);
      entry.readers.add(`${object.kind} ${object.metadata.name}`);
    }
  }
  const certificates = ofKind<CertificateFields>(objects, 'Certificate').map(
    ({ metadata, spec }) => `${metadata.namespace}/${spec.secretName}`,
  );
  return [...found]
    .sort(([a], [b]) => byText(a, b))
    .map(([name, { keys, readers }]) =>
      row(
        WIDTHS,
        name,
        [...keys].sort(byText).join(', ') + (certificates.includes(name) ? ', made by cert-manager' : ''),
        cappedList([...readers].sort(byText)),
      ),
    );
}

/** The names of the Secrets that the pods of an object need to start. */
export const secretsRead = (object: ObjectJson): readonly string[] =>
  podsOf(object)
    .flatMap(readings)
    .map(({ secret }) => secret);

function readings(pod: PodJson): readonly Reading[] {
  return [
    ...(pod.imagePullSecrets ?? []).map(({ name }) => ({ secret: name, pull: true })),
    ...(pod.volumes ?? []).flatMap(({ secret }) =>
      secret === undefined
        ? []
        : (secret.items ?? [{ key: ALL }]).map(({ key }) => ({ secret: secret.secretName, key })),
    ),
    ...containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
      ...envFrom.flatMap(({ secretRef }) => (secretRef ? { secret: secretRef.name } : [])),
      ...env.flatMap(({ valueFrom }) =>
        valueFrom?.secretKeyRef ? { secret: valueFrom.secretKeyRef.name, key: valueFrom.secretKeyRef.key } : [],
      ),
    ]),
  ];
}
