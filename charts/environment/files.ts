/** Reads the files of environments, each with the files that it extends, through its schema. */
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type * as z from 'zod';
import { Bases, type Extensible } from '../../config/bases';
import { originOf } from '../../config/merge';
import type { Origin } from '../../config/problems';
import { MODELS_FOLDER, PLATFORM_FILE, validate } from '../../config/read';
import { type PlatformSettings, platformSchema } from '../config';
import { isMapping, type Mapping } from '../lib/mapping';
import { modelSchema } from '../models/config';
import type { ModelSettings } from '../models/config/model';

/** What a file says, and which of the files that it extends said what of it. */
export interface Content<T> {
  readonly data: T;
  readonly origin: Origin;
}

/** The settings of an environment. */
export const platformIn = (folder: string) => `${folder}/${PLATFORM_FILE}`;

/** Whether a platform file says that its folder is only there to be extended. */
export const isBase = (content: unknown) => isMapping(content) && content.base === true;

/** Where a folder is extended: the settings of an environment, or its model of the same name. */
const PLATFORM: Extensible = { inFolder: platformIn, notInherited: ['base'] };
const MODEL: Extensible = {
  inFolder: (folder, file) => `${folder}/${MODELS_FOLDER}/${basename(file)}`,
  notInherited: [],
};

/** The files of one run. What several of them extend is read once. */
export class EnvironmentFiles {
  private readonly bases: Bases;

  /**
   * @param top the folder that no base may lie outside of
   * @param problems takes what is wrong with files and bases
   */
  constructor(
    top: string,
    readonly problems: string[],
  ) {
    this.bases = new Bases(top, problems);
  }

  /** @param content what parse() has made of the file */
  platform(file: string, content: unknown): Content<PlatformSettings> | undefined {
    return this.complete(file, content, platformSchema, PLATFORM, 'once');
  }

  /** @param content what parse() has made of the file */
  model(file: string, content: unknown): Content<ModelSettings> | undefined {
    return this.complete(file, content, modelSchema, MODEL, 'often', { name: basename(file, '.yaml') });
  }

  /** Whether a file, or one of a folder, is the base of another. */
  isExtended(path: string): boolean {
    const real = realpathSync(path);
    return this.bases.files.some((file) => file === real || file.startsWith(`${real}/`));
  }

  /** A file with its bases and defaults; undefined where it is wrong. */
  private complete<S extends z.ZodObject>(
    file: string,
    content: unknown,
    schema: S,
    kind: Extensible,
    used: 'once' | 'often',
    defaults: Readonly<Record<string, string>> = {},
  ): Content<z.output<S>> | undefined {
    const document = content === undefined ? undefined : this.bases.complete(file, content, kind);
    if (document === undefined) return undefined;
    const input = isMapping(document.content) ? withDefaults(document.content, defaults) : document.content;
    const origin = originOf(document);
    const data = validate(input, origin, schema, this.problems, used);
    return data && { data, origin };
  }
}

/**
 * Not by "...": V8 gives each object that is spread from two a hidden class for each of its keys, and those of 10,000 models
 * take 30 MB. A key called "__proto__" stays a key this way.
 */
const withDefaults = (content: Mapping, defaults: Mapping): Mapping =>
  Object.fromEntries([...Object.entries(defaults), ...Object.entries(content)]);
