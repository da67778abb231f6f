/** Reads one YAML file of an environment. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { CORE_SCHEMA, loadAll, YAMLException } from 'js-yaml';
import type * as z from 'zod';
import { flatYaml } from './flat-yaml';
import { describeIssues, type Origin, problem } from './problems';

/** What an environment's folder holds. */
export const PLATFORM_FILE = 'platform.yaml';
export const MODELS_FOLDER = 'models';
export const LOCK_FILE = 'models.lock.yaml';
export const IMAGES_LOCK_FILE = 'images.lock.yaml';

/**
 * The content of a file, complete with defaults; undefined where it is wrong, which `problems` then says.
 */
export function readFile<S extends z.ZodObject>(file: string, schema: S, problems: string[]): z.output<S> | undefined {
  const content = parse(file, problems);
  return content === undefined ? undefined : validate(content, file, schema, problems, 'once');
}

/**
 * A document with its defaults; undefined where it is wrong, which `problems` then says.
 * @param origin the file, or the files, that the document is from
 * @param used how often the schema is used in a run: zod writes code for a schema and compiles it, which pays where there
 * are many documents, and takes a thirtieth of a small run where there is one
 */
export function validate<S extends z.ZodObject>(
  content: unknown,
  origin: string | Origin,
  schema: S,
  problems: string[],
  used: 'once' | 'often' = 'often',
): z.output<S> | undefined {
  // Without options where there are many: zod copies options, and V8 gives each copy hidden classes of its own.
  const result = schema.safeParse(content, used === 'once' ? { jitless: true } : undefined);
  if (!result.success) {
    problems.push(...describeIssues(origin, schema, content, result.error));
    return undefined;
  }
  return result.data;
}

/**
 * The one document of a YAML 1.2 file; an empty file is an empty mapping. What is not flat is read by js-yaml, since the
 * `yaml` package takes more than twice as long per file (`npm run bench`).
 *
 * @param bytes what is in the file, where that has been read already
 */
export function parse(file: string, problems: string[], bytes = readBytes(file, problems)): unknown {
  if (bytes === undefined) return undefined;
  if (!isUtf8(bytes)) {
    problems.push(problem(file, [], 'is not UTF-8; save it in that encoding'));
    return undefined;
  }
  const text = bytes.toString();
  const flat = flatYaml(text);
  if (flat !== undefined) return flat;
  try {
    const documents = loadAll(text, { schema: CORE_SCHEMA, maxAliases: 100 });
    if (documents.length > 1) {
      problems.push(
        problem(file, [], `has ${documents.length} documents; it must be one, so remove the "---" between them`),
      );
      return undefined;
    }
    return documents[0] ?? {};
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark?.line;
    const source = line === undefined ? '' : (text.split('\n')[line] ?? '').trim();
    problems.push(
      problem(
        file,
        line === undefined ? [] : [`line ${line + 1}`],
        `${error.reason}${source && `, at "${source.slice(0, 60)}"`}`,
      ),
    );
    return undefined;
  }
}

/** A file that is a folder, that its owner keeps to itself, or that is gone since somebody looked. */
function readBytes(file: string, problems: string[]): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    problems.push(problem(file, [], `cannot be read: ${error instanceof Error ? error.message : error}`));
    return undefined;
  }
}
