/** What lies in the folder of an environment, and what is wrong with it. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dnsLabel } from '../../config/fields';
import { problem } from '../../config/problems';
import { IMAGES_LOCK_FILE, LOCK_FILE, MODELS_FOLDER, PLATFORM_FILE } from '../../config/read';
import { SECRETS_FOLDER } from '../secrets/encrypted';

export const isEnvironmentName = (name: string) => dnsLabel('minikube').safeParse(name).success;

/** What an environment's folder has that no environment has: it would be ignored without a word. */
export function folderFaults(root: string, name: string): string[] {
  const problems: string[] = [];
  if (!isEnvironmentName(name)) {
    problems.push(problem(root, [], 'the name of an environment is a lower-case DNS label, such as "minikube"'));
  }
  const files = [PLATFORM_FILE, LOCK_FILE, IMAGES_LOCK_FILE];
  const folders = [MODELS_FOLDER, SECRETS_FOLDER];
  for (const entry of existsSync(root) ? entries(root) : []) {
    const path = `${root}/${entry.name}`;
    const known = entry.isFolder ? folders.includes(entry.name) : files.includes(entry.name) || !isData(entry.name);
    if (entry.isBroken && [...files, ...folders].includes(entry.name)) {
      problems.push(problem(path, [], LINK_TO_NOTHING));
    } else if (!known) {
      problems.push(problem(path, [], `not read; an environment is ${files.join(', ')} and ${MODELS_FOLDER}/`));
    }
  }
  return problems;
}

/**
 * The model files of an environment.
 * @param problems takes what is wrong in their folder
 */
export function modelFiles(root: string, problems: string[]): string[] {
  const folder = `${root}/${MODELS_FOLDER}`;
  return existsSync(folder) ? filesIn(folder, true, problems) : [];
}

/** The team that a model file is of, whose folder it lies in. */
export function teamOf(root: string, file: string): string | undefined {
  const [, team] = file.slice(`${root}/${MODELS_FOLDER}`.length).split('/');
  return team?.endsWith('.yaml') ? undefined : team;
}

function filesIn(folder: string, hasTeams: boolean, problems: string[]): string[] {
  return entries(folder).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isBroken) {
      problems.push(problem(path, [], LINK_TO_NOTHING));
      return [];
    }
    if (entry.isFolder) {
      if (hasTeams) return filesIn(path, false, problems);
      problems.push(
        problem(path, [], `not read; model files lie in ${MODELS_FOLDER}/ and in the folders of teams there`),
      );
      return [];
    }
    if (entry.name.endsWith('.yaml')) return [path];
    if (isData(entry.name)) {
      const stem = entry.name.replace(/\.\w+$/, '');
      problems.push(problem(path, [], `not read; a model file ends in .yaml, such as "${stem}.yaml"`));
    }
    return [];
  });
}

/** The files of an environment's encrypted Secrets. */
export function secretFiles(root: string): string[] {
  const folder = `${root}/${SECRETS_FOLDER}`;
  if (!existsSync(folder)) return [];
  return entries(folder)
    .filter(({ name, isFolder }) => !isFolder && isData(name))
    .map(({ name }) => `${folder}/${name}`);
}

/** Looks like a file that its author expects to be read. */
const isData = (name: string) => /\.(ya?ml|json)$/i.test(name);

const LINK_TO_NOTHING = 'is a link to nothing; let it lead to a file or a folder, or remove it';

export interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  /** Whether it is a link to what is not there. */
  readonly isBroken: boolean;
}

/** The entries of a folder, links followed, in an order that no locale or file system changes. */
export function entries(folder: string): Entry[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => {
      const path = join(folder, entry.name);
      const isBroken = entry.isSymbolicLink() && !existsSync(path);
      const isFolder = entry.isSymbolicLink() && !isBroken ? statSync(path).isDirectory() : entry.isDirectory();
      return { name: entry.name, isFolder, isBroken };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
