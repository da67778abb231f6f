/** What a model was saved with, and whether the image that is to load it has the same. */
import { CATALOGUE, type CatalogueEntry, type ImageName, type Runtime } from '../../charts/images/catalogue';
import { SERVERS } from '../../charts/models/image';
import type { Protocol } from '../../charts/models/protocol';

/** Versions that a model's files name. */
export interface Requirements {
  /** Such as "3.10.12". */
  readonly python?: string;
  readonly packages: Readonly<Record<string, string>>;
}

/** Files beside MLmodel in which MLflow says what a model was saved with. */
export const REQUIREMENTS = ['requirements.txt', 'python_env.yaml'];

/** @param texts the files of the model, by their paths */
export function readRequirements(texts: ReadonlyMap<string, string>): Requirements {
  const python = /^python: *['"]?([\d.]+)/m.exec(texts.get('python_env.yaml') ?? '')?.[1];
  const pins = (texts.get('requirements.txt') ?? '').matchAll(/^([A-Za-z0-9._-]+)(?:\[[^\]]*\])? *== *([^\s;#]+)/gm);
  const packages = Object.fromEntries([...pins].map(([, name = '', version = '']) => [canonical(name), version]));
  return { ...(python === undefined ? {} : { python }), packages };
}

/** Names of packages are the same in any case, and with "-", "_" or ".". */
const canonical = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-');

/** A model and the server that is to load it. */
export interface Loading {
  readonly server?: string;
  readonly protocol: Protocol;
  readonly files: readonly string[];
  readonly saved?: Requirements;
}

/**
 * How the image of a server differs from what a model was saved with; undefined where it does not, as far as is known.
 * A patch of a version counts as no difference.
 *
 * @param overridden images that the environment replaces, of which nothing is known
 */
export function versionWarning({ server, protocol, files, saved }: Loading, overridden: readonly string[]) {
  const runtime = runtimeOf(server, protocol, overridden);
  // MLServer loads the model in the environment that lies beside it.
  if (!runtime || !saved || (protocol === 'v2' && files.includes('environment.tar.gz'))) return undefined;
  const pairs = [
    ['Python', saved.python, runtime.python] as const,
    ...Object.entries(runtime.packages).map(([name, version]) => [name, saved.packages[name], version] as const),
  ].filter(([, mine, theirs]) => mine !== undefined && minor(mine) !== minor(theirs));
  if (pairs.length === 0) return undefined;
  const list = (column: 1 | 2) => pairs.map((pair) => `${pair[0]} ${pair[column]}`).join(', ');
  return `was saved with ${list(1)}, and the image of ${server} has ${list(2)}; it may not load`;
}

/** The part of a version that says whether pickles fit: "2.2" of "2.2.6". */
const minor = (version: string) => version.split('.').slice(0, 2).join('.');

function runtimeOf(server: string | undefined, protocol: Protocol, overridden: readonly string[]): Runtime | undefined {
  const servers: Readonly<Record<string, Partial<Record<Protocol, ImageName>>>> = SERVERS;
  const name = servers[server ?? '']?.[protocol];
  const catalogue: Readonly<Record<string, CatalogueEntry>> = CATALOGUE;
  return name === undefined || overridden.includes(name) ? undefined : catalogue[name]?.runtime;
}
