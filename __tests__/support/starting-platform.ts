/** The environment that `ml-platform init` writes, which the documents show, with changes to it. */
import { load } from 'js-yaml';
import { loadEnvironments } from '../../charts/environment/environments';
import { needsResolving } from '../../charts/models/uri';
import { composePlatform, type Platform } from '../../charts/platform';
import { type Files, withFolder, writeFiles } from './environments';
import { readFolder } from './folders';
import { lockEntry, lockText } from './lock';
import { filesOf } from './platform';

const TEMPLATE = 'cli/init/template/environments';
const NAME = 'minikube';
const ALL = 'environments/';
const PLATFORM = `${ALL}${NAME}/platform.yaml`;

/** Files by their path below the repository; undefined for one that is removed. */
type Changes = Readonly<Record<string, string | undefined>>;

/**
 * The starting environment with these files in place of its own, or beside them, and the environments that they add. Names
 * of the registry that the starting environment uses are in its lock, as if they had been resolved.
 * @throws ConfigError with all that is wrong in them
 */
export function platformsWith(changes: Changes): Platform[] {
  const files = Object.entries({ ...startingFiles(), ...changes }).flatMap(([path, text]): [string, string][] => {
    if (!path.startsWith(ALL)) throw new Error(`${path}: is no file of ${ALL}`);
    return text === undefined ? [] : [[path.slice(ALL.length), text]];
  });
  return withFolder((root) => {
    writeFiles(root, { ...Object.fromEntries(files), [`${NAME}/models.lock.yaml`]: lockOf(Object.fromEntries(files)) });
    return loadEnvironments(root).map(composePlatform);
  });
}

/** The starting environment with these files in place of its own, or beside them. */
export function startingPlatform(changes: Changes = {}): Platform {
  const platform = platformsWith(changes).find(({ environment }) => environment === NAME);
  if (!platform) throw new Error(`there is no environment ${NAME}`);
  return platform;
}

/** The starting environment with these settings as its platform.yaml. */
export const startingPlatformWith = (settings: string) => startingPlatform({ [PLATFORM]: settings });

function startingFiles(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(readFolder(TEMPLATE))
      .filter(([path]) => path.startsWith(`${NAME}/`))
      .map(([path, text]) => [`${ALL}${path}`, text]),
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
