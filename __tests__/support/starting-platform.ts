/** The environment that `ml-platform init` writes, which the documents show, with changes to it. */
import { load } from 'js-yaml';
import { loadEnvironment } from '../../charts/environments';
import { needsResolving } from '../../charts/models/uri';
import { composePlatform, type Platform } from '../../charts/platform';
import { type Files, withFolder, writeFiles } from './environments';
import { readFolder } from './folders';
import { lockEntry, lockText } from './lock';
import { filesOf } from './platform';

const TEMPLATE = 'cli/init/template/environments';
const NAME = 'minikube';
const FOLDER = `environments/${NAME}/`;

/**
 * The starting environment with these files in place of its own, or beside them. Names of the registry that they use are in
 * the lock, as if they had been resolved.
 * @param files by their path below the repository; undefined for a file that is removed
 * @throws ConfigError with all that is wrong in them
 */
export function startingPlatform(files: Readonly<Record<string, string | undefined>> = {}): Platform {
  const all = { ...startingFiles(), ...files };
  const kept = Object.entries(all).flatMap(([path, text]): [string, string][] => {
    if (!path.startsWith(FOLDER)) throw new Error(`${path}: is no file of ${FOLDER}`);
    return text === undefined ? [] : [[path.replace('environments/', ''), text]];
  });
  return withFolder((root) => {
    writeFiles(root, { ...Object.fromEntries(kept), [`${NAME}/models.lock.yaml`]: lockOf(Object.fromEntries(kept)) });
    return composePlatform(loadEnvironment(root, NAME));
  });
}

/** The starting environment with these settings as its platform.yaml. */
export const startingPlatformWith = (settings: string) => startingPlatform({ [`${FOLDER}platform.yaml`]: settings });

function startingFiles(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(readFolder(TEMPLATE))
      .filter(([path]) => path.startsWith(`${NAME}/`))
      .map(([path, text]) => [`environments/${path}`, text]),
  );
}

/** Entries for the models that are given by a name of the registry. */
function lockOf(files: Files): string {
  const entries = Object.entries(files).flatMap(([path, text]) => {
    const name = /\/models\/([^/]+)\.yaml$/.exec(path)?.[1];
    const uri = name === undefined ? undefined : (load(String(text)) as { uri?: string } | null)?.uri;
    if (name === undefined || uri === undefined || !needsResolving(uri)) return [];
    const columns = [{ name: 'alcohol', type: 'double', required: true }];
    return [[name, lockEntry({ uri, signature: { inputs: columns, outputs: [] } })] as const];
  });
  return lockText(Object.fromEntries(entries));
}

/** The stages that a platform has, in order. */
export const stagesOf = (platform: Platform) =>
  [...new Set([...filesOf(platform).keys()].map((path) => path.split('/')[0] ?? ''))].sort();
