/** Environments that are applied: their rendered files and objects. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { STAGES } from '../../charts/lib/stages';
import { BIG, MINIKUBE, type NodeSize, WORKER } from './node-size';
import type { KubernetesObject } from './objects';
import { type Repository, STARTING } from './repository';

/** What earlier releases rendered. */
const RELEASED = 'e2e/released';

export interface Environment {
  readonly name: string;
  /** Its folder of rendered files. */
  readonly folder: string;
  /** The repository that it is in: the folder that has environments/ and dist/. */
  readonly home: string;
  readonly stages: readonly string[];
  readonly objects: readonly KubernetesObject[];
  /** The size of the nodes that it fits. */
  readonly node: NodeSize;
}

/** The starting environment, which fits the node of "minikube start". */
export const startingEnvironment = ({ root }: Repository) => environment(root, STARTING, MINIKUBE);

/** The environment of examples/ that uses every option, or another one there. */
export const exampleEnvironment = (project: string, name = 'everything') =>
  environment(join(project, 'examples'), name, BIG);

/**
 * An environment of this repository, as it is rendered in dist/.
 * @throws Error where it is not there
 */
export function ownEnvironment(project: string, name: string): Environment {
  if (!existsSync(join(project, 'dist', name))) throw new Error(`there is no dist/${name}; run "npm run synth"`);
  return environment(project, name, WORKER);
}

/** The releases whose starting environment is kept, oldest first. */
export const released = (project: string): string[] =>
  readdirSync(join(project, RELEASED), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

/** The starting environment as a release rendered it; it has no files of its own any more. */
export const releasedEnvironment = (project: string, release: string) =>
  environment('', STARTING, MINIKUBE, join(project, RELEASED, release, STARTING));

function environment(home: string, name: string, node: NodeSize, folder = join(home, 'dist', name)): Environment {
  const stages = STAGES.filter((stage) => existsSync(join(folder, stage)));
  const objects = stages.flatMap((stage) =>
    readdirSync(join(folder, stage), { encoding: 'utf8', recursive: true })
      .filter((file) => file.endsWith('.yaml'))
      .flatMap((file) => loadAll(readFileSync(join(folder, stage, file), 'utf8')) as KubernetesObject[]),
  );
  if (objects.length === 0) throw new Error(`${folder} has no objects`);
  return { name, folder, home, stages, objects, node };
}

/** The arguments by which kubectl finds all files of an environment but kustomization.yaml. */
export const allFiles = ({ folder, stages }: Environment) => [
  '-R',
  ...stages.flatMap((stage) => ['-f', join(folder, stage)]),
];

/** Whether a stage has folders, such as those of teams: kubectl looks into them only by -R, as synth says. */
export const hasFolders = ({ folder }: Pick<Environment, 'folder'>, stage: string) =>
  readdirSync(join(folder, stage), { withFileTypes: true }).some((entry) => entry.isDirectory());

/** The objects of a kind. */
export const ofKind = <T extends KubernetesObject>({ objects }: Environment, kind: string) =>
  objects.filter((object) => object.kind === kind) as T[];

/** The namespaces that an environment makes. */
export const namespacesOf = (env: Environment) => ofKind(env, 'Namespace').map(({ metadata }) => metadata.name);
