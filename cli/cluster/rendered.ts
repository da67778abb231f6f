/** A rendered environment: the files of dist/ themselves, which are what is applied. Nothing is rendered here. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { STAGES, type Stage } from '../../charts/lib/stages';
import { UsageError } from '../command';
import { filesBelow } from '../synth/changes';
import { DIST } from '../synth/synth';
import type { ObjectJson } from './objects';

export interface RenderedStage {
  readonly name: Stage;
  readonly folder: string;
  readonly objects: readonly ObjectJson[];
}

export interface RenderedEnvironment {
  readonly name: string;
  readonly folder: string;
  /** In the order in which they are applied. */
  readonly stages: readonly RenderedStage[];
  readonly objects: readonly ObjectJson[];
}

/**
 * @throws UsageError where dist/ has no such environment
 * @throws Error where a folder in it is no stage, or a file is no YAML
 */
export function readRendered(name: string, dist = DIST): RenderedEnvironment {
  const folder = join(dist, name);
  if (!existsSync(folder)) throw new UsageError(`${folder} does not exist; ${whatThere(dist)}`);
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const unknown = folders.find((entry) => /^\d/.test(entry.name) && !STAGES.includes(entry.name as Stage));
  if (unknown) {
    const stages = STAGES.join(', ');
    throw new Error(`${join(folder, unknown.name)}: is no stage of this version, which has ${stages}; render it again`);
  }
  const stages = STAGES.filter((stage) => folders.some((entry) => entry.name === stage))
    .map((stage) => readStage(stage, join(folder, stage)))
    .filter(({ objects }) => objects.length > 0);
  if (stages.length === 0) throw new Error(`${folder}: has no stages; render it by "npx ml-platform synth"`);
  return { name, folder, stages, objects: stages.flatMap(({ objects }) => objects) };
}

function whatThere(dist: string): string {
  const there = existsSync(dist)
    ? readdirSync(dist, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    : [];
  const names = there.length === 0 ? 'nothing' : there.sort().join(', ');
  return `${dist}/ has ${names}. Render an environment by "npx ml-platform synth" first`;
}

function readStage(name: Stage, folder: string): RenderedStage {
  const objects = filesBelow(folder)
    .filter((path) => /\.(ya?ml|json)$/.test(path))
    .sort()
    .flatMap((path) => readFile(join(folder, path)));
  return { name, folder, objects };
}

function readFile(file: string): ObjectJson[] {
  let documents: unknown[];
  try {
    documents = loadAll(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: is not YAML: ${error instanceof Error ? error.message : error}; render it again`);
  }
  const objects = documents.filter((document) => document !== null && document !== undefined) as ObjectJson[];
  const bad = objects.find(({ kind, apiVersion, metadata }) => !kind || !apiVersion || !metadata?.name);
  if (bad) throw new Error(`${file}: has an object without a kind, an apiVersion or a name; render it again`);
  return objects;
}

/** The namespaces that an environment makes. */
export const namespacesOf = ({ objects }: Pick<RenderedEnvironment, 'objects'>): readonly string[] =>
  objects
    .filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Namespace')
    .map(({ metadata }) => metadata.name);
