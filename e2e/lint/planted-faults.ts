/** Faults planted on purpose: the linters, and the list of exceptions, must notice each. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { toYaml } from '../../charts/lib/yaml';
import { type Exception, Exceptions } from './exceptions';
import type { Finding } from './findings';
import type { Subject } from './subjects';

/** An object, as far as faults are planted in it. */
// biome-ignore lint/suspicious/noExplicitAny: what a fault changes has no type in common
type Planted = any;

type Fault = readonly [what: string, check: string, plant: (find: (kind: string, name: string) => Planted) => unknown];

const container = (workload: Planted): Planted => workload.spec.template.spec.containers[0];

const FAULTS: readonly Fault[] = [
  ['an unknown field', 'kubeconform', (find) => Object.assign(find('Deployment', 'mlflow').spec, { replica: 1 })],
  ['text for a number', 'kubeconform', (find) => Object.assign(find('Deployment', 'mlflow').spec, { replicas: 'one' })],
  [
    'a field that is missing',
    'kubeconform',
    (find) => Reflect.deleteProperty(find('Deployment', 'mlflow').spec, 'selector'),
  ],
  [
    'an unknown field of a model',
    'kubeconform',
    (find) => Object.assign(find('SeldonDeployment', 'mlflow-wine').spec, { protocoll: 'v2' }),
  ],
  [
    'an unknown field of metadata',
    'kubeconform',
    (find) => Object.assign(find('SeldonDeployment', 'mlflow-wine').metadata, { label: {} }),
  ],
  ['a type that nobody knows', 'kubeconform', (find) => Object.assign(find('Service', 'mlflow'), { kind: 'Servise' })],
  [
    'a version that is gone',
    'kubeconform',
    (find) => Object.assign(find('Deployment', 'mlflow'), { apiVersion: 'apps/v1beta1' }),
  ],
  [
    'the same probe twice',
    'pod-probes-identical',
    (find) => {
      const found = container(find('Deployment', 'fe-deployment'));
      found.livenessProbe = found.readinessProbe;
    },
  ],
  [
    '"latest"',
    'container-image-tag',
    (find) => Object.assign(container(find('Deployment', 'mlflow')), { image: 'registry.example.com/mlflow:latest' }),
  ],
  [
    'no limits',
    'container-resources',
    (find) => Object.assign(container(find('StatefulSet', 'postgresql')).resources, { limits: {} }),
  ],
  [
    'a writable root',
    'container-security-context-readonlyrootfilesystem',
    (find) => Object.assign(container(find('StatefulSet', 'minio')).securityContext, { readOnlyRootFilesystem: false }),
  ],
  [
    'a privileged container',
    'container-security-context-privileged',
    (find) => Object.assign(container(find('StatefulSet', 'minio')).securityContext, { privileged: true }),
  ],
  [
    'no seccomp profile',
    'container-seccomp-profile',
    (find) => Reflect.deleteProperty(find('Deployment', 'mlflow').spec.template.spec.securityContext, 'seccompProfile'),
  ],
  [
    'several pods without a budget',
    'deployment-has-poddisruptionbudget',
    (find) => Object.assign(find('Deployment', 'mlflow').spec, { replicas: 2 }),
  ],
  [
    'several pods on one node',
    'deployment-has-host-podantiaffinity',
    (find) => Object.assign(find('Deployment', 'mlflow').spec, { replicas: 2 }),
  ],
  [
    'a Service for no pod',
    'service-targets-pod',
    (find) => Object.assign(find('Service', 'mlflow').spec.selector, { planted: 'yes' }),
  ],
  [
    'a policy for no pod of a model',
    'networkpolicy-targets-pod',
    (find) =>
      Object.assign(find('NetworkPolicy', 'model-mlflow-wine').spec.podSelector.matchLabels, { planted: 'yes' }),
  ],
  [
    'a pod without a policy',
    'pod-networkpolicy',
    (find) =>
      Object.assign(find('Namespace', 'fe').metadata, { name: 'fe' }) &&
      Object.assign(find('Deployment', 'fe-deployment').metadata, { namespace: 'elsewhere' }),
  ],
  [
    'a port of the node',
    'service-type',
    (find) => Object.assign(find('Service', 'frontend-service').spec, { type: 'NodePort' }),
  ],
  [
    'a fault that excuses itself',
    'container-image-tag',
    (find) => {
      const workload = find('Deployment', 'mlflow');
      workload.metadata.annotations = { 'kube-score/ignore': 'container-image-tag' };
      container(workload).image = 'registry.example.com/mlflow:latest';
    },
  ],
];

/**
 * Plants each fault in an environment without one.
 * @param judge what the linter of a check finds in files and is not excepted
 * @throws Error with those that are not noticed
 */
export function plantedFaults(
  subject: Subject,
  work: string,
  judge: (subject: Subject, check: string) => readonly Finding[],
): string {
  const texts = subject.files.map((file) => readFileSync(file, 'utf8'));
  const missed = FAULTS.filter(([what, check, plant], index) => {
    const objects = texts.flatMap((text) => loadAll(text) as Planted[]);
    plant((kind, name) => {
      const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
      if (!found) throw new Error(`there is no ${kind} ${name} for ${what}`);
      return found;
    });
    const file = join(work, `planted-${index}.yaml`);
    writeFileSync(file, toYaml(objects));
    return !judge({ ...subject, files: [file] }, check).some((finding) => finding.check === check);
  });
  if (missed.length > 0) throw new Error(`not noticed: ${missed.map(([what]) => what).join(', ')}`);
  return `${FAULTS.length} noticed; ${exceptionFaults()} of the list of exceptions`;
}

/** An exception may excuse nothing else than what it says, and may not be left over. */
function exceptionFaults(): number {
  const exception: Exception = {
    check: 'container-resources',
    objects: ['Deployment mlflow/*'],
    container: 'mlflow',
    profiles: ['starter'],
    reason: 'planted',
  };
  const finding = {
    check: 'container-resources',
    object: 'Deployment mlflow/mlflow',
    container: 'mlflow',
    message: '',
  };
  const excused = (changes: Partial<Finding>, profile: 'starter' | 'production' = 'starter') =>
    new Exceptions([exception]).remaining([{ ...finding, ...changes }], profile).length === 0;
  const faults = [
    excused({ check: 'container-image-tag' }),
    excused({ object: 'Deployment fe/mlflow' }),
    excused({ object: 'A Deployment mlflow/mlflow' }),
    excused({ container: 'migration' }),
    excused({}, 'production'),
    !excused({}),
    new Exceptions([exception]).unused(['starter']).length === 0,
  ];
  if (faults.includes(true)) throw new Error('an exception excuses too much, or too little');
  return faults.length;
}
