/** Which source file imports which, and what is wrong with that. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** The project's own files that each file imports; paths from the root of the repository. */
export type Imports = ReadonlyMap<string, readonly string[]>;

const ROOT = dirname(dirname(__dirname));

/** The TypeScript files below these folders, by path. */
export function sourcesBelow(...folders: string[]): Map<string, string> {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => posix.join(folder, path)),
  );
  return new Map(
    paths
      .filter((path) => /\.ts$/.test(path) && !path.includes('node_modules'))
      .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
  );
}

/** Imports and re-exports, of types too: a file that needs another's types cannot be understood without it either. */
const IMPORT =
  /^(?:(?:import|export)\b[^;'"]*?\bfrom|import)\s*['"](\.[^'"]*)['"]|\b(?:import|require)\(\s*['"](\.[^'"]*)['"]\s*\)/gm;

export function importsOf(sources: ReadonlyMap<string, string>): Imports {
  return new Map(
    [...sources].map(([path, text]) => {
      const specifiers = [...text.matchAll(IMPORT)].map(([, from, called]) => from ?? called ?? '');
      return [path, specifiers.map((specifier) => resolved(sources, posix.join(posix.dirname(path), specifier)))];
    }),
  );
}

const resolved = (sources: ReadonlyMap<string, string>, target: string) =>
  [`${target}.ts`, `${target}/index.ts`].find((path) => sources.has(path)) ?? target;

/** Ways that lead from a file back to it, such as "a.ts > b.ts > a.ts"; of circles that share files, at least one. */
export function circles(imports: Imports): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) found.push([...way.slice(start), file].join(' > '));
    if (start >= 0 || done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}

/** Imports from one part of the project that lead to none of the others given, such as "a/x.ts > b/y.ts". */
export function strays(imports: Imports, from: string, allowed: readonly string[]): string[] {
  return [...imports]
    .filter(([file]) => file.startsWith(from))
    .flatMap(([file, targets]) =>
      targets
        .filter((target) => !allowed.some((folder) => target.startsWith(folder)))
        .map((target) => `${file} > ${target}`),
    );
}
