/** What is applied: the environments of dist/, and one that uses every option. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { NodeSize } from '../api/node';
import { BIG, MINIKUBE } from '../api/node';
import type { KubernetesObject } from './objects';

export interface Environment {
  readonly name: string;
  /** Its folder of rendered files. */
  readonly folder: string;
  /** Where its environments/ folder is. */
  readonly home: string;
  readonly stages: readonly string[];
  readonly objects: readonly KubernetesObject[];
  /** The node that it says it fits. */
  readonly node: NodeSize;
}

/** The environments that README.md and its users apply. */
export function committed(project: string): Environment[] {
  const dist = join(project, 'dist');
  return readdirSync(dist, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => environment(name, join(dist, name), project, name === 'minikube' ? MINIKUBE : BIG));
}

/** The environment of examples/, which uses every option. */
export function examples(project: string): Environment {
  const home = join(project, 'examples');
  return environment('everything', join(home, 'dist/everything'), home, BIG);
}

function environment(name: string, folder: string, home: string, node: NodeSize): Environment {
  const stages = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const objects = stages.flatMap((stage) =>
    readdirSync(join(folder, stage))
      .filter((file) => file.endsWith('.yaml'))
      .flatMap((file) => loadAll(readFileSync(join(folder, stage, file), 'utf8')) as KubernetesObject[]),
  );
  if (objects.length === 0) throw new Error(`${folder} has no objects`);
  return { name, folder, home, stages, objects, node };
}

/** The arguments by which kubectl finds all files of an environment but kustomization.yaml. */
export const allFiles = ({ folder, stages }: Environment) => stages.flatMap((stage) => ['-f', join(folder, stage)]);

/** The objects of a kind. */
export const ofKind = <T extends KubernetesObject>({ objects }: Environment, kind: string) =>
  objects.filter((object) => object.kind === kind) as T[];

/** The namespaces that an environment makes. */
export const namespacesOf = (env: Environment) => ofKind(env, 'Namespace').map(({ metadata }) => metadata.name);
