/** Whether what a pod refers to is rendered, made by a command, or brought by the owner of the environment. */
import type { PodView } from '../cluster';
import { containersOf } from '../pod-security';
import { NOTHING_BROUGHT } from './brought';
import { type Any, type ClusterView, has, when } from './cluster-view';

/** What a pod refers to and nobody makes, a line each. */
export function missingReferences({ spec, namespace }: PodView, cluster: ClusterView): string[] {
  const brought = broughtTo(cluster, namespace);
  const secret = (name: string, keys: string[] = []) =>
    brought.secrets.includes(name) ? [] : missingSecret(cluster, namespace, name, keys);
  return [
    ...(spec.volumes ?? []).flatMap((volume: Any) => {
      const configMap = volume.configMap?.name;
      const claim = volume.persistentVolumeClaim?.claimName;
      const rendered = (kind: string, name: string | undefined) =>
        name === undefined || has(cluster, kind, namespace, name);
      return [
        ...when(!rendered('ConfigMap', configMap) && !brought.configMaps.includes(configMap), `ConfigMap ${configMap}`),
        ...when(!rendered('PersistentVolumeClaim', claim) && !brought.claims.includes(claim), `claim ${claim}`),
        ...(volume.secret
          ? secret(
              volume.secret.secretName,
              (volume.secret.items ?? []).map(({ key }: Any) => key),
            )
          : []),
      ];
    }),
    ...containersOf(spec).flatMap(({ env = [], envFrom = [] }) => [
      ...envFrom.flatMap(({ secretRef }: Any) => (secretRef ? secret(secretRef.name) : [])),
      ...env.flatMap(({ valueFrom }: Any) =>
        valueFrom?.secretKeyRef ? secret(valueFrom.secretKeyRef.name, [valueFrom.secretKeyRef.key]) : [],
      ),
    ]),
  ];
}

/** What model files name is in the models' namespace, and nowhere else. */
function broughtTo({ brought, objects }: ClusterView, namespace: string) {
  const hasModels = objects.some(
    ({ kind, metadata }) => kind === 'SeldonDeployment' && metadata.namespace === namespace,
  );
  const found = hasModels ? brought : NOTHING_BROUGHT;
  const { secrets, configMaps } = brought.databaseAuthority;
  return {
    ...found,
    secrets: [...found.secrets, ...brought.settingsSecrets, ...secrets],
    configMaps: [...found.configMaps, ...configMaps],
  };
}

/** The Secret keys that exist once `npm run secrets` has run; cert-manager adds those of its Certificates. */
function secretKeys({ secrets, objects }: ClusterView, namespace: string, name: string): string[] | undefined {
  const certificate = objects.find(
    ({ kind, metadata, spec }) =>
      kind === 'Certificate' && metadata.namespace === namespace && spec.secretName === name,
  );
  if (certificate) return ['ca.crt', 'tls.crt', 'tls.key'];
  const secret = secrets.find((candidate) => candidate.namespace === namespace && candidate.name === name);
  return secret && Object.keys(secret.data);
}

function missingSecret(cluster: ClusterView, namespace: string, name: string, keys: string[]): string[] {
  const known = secretKeys(cluster, namespace, name);
  if (!known) return [`no Secret ${namespace}/${name}`];
  return keys.filter((key) => !known.includes(key)).map((key) => `Secret ${namespace}/${name} has no key ${key}`);
}
