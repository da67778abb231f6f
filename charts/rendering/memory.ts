/**
 * What an earlier run has made of the model files, so that one that has not changed is neither read nor rendered again.
 *
 * It is a pure memo. A model follows from the bytes and the name of its file, from the settings of its environment, from
 * the lock and from the program; its manifest follows from the model and the settings. Whoever makes a memory sees to it
 * that settings, lock and program are those of the earlier run.
 */

import type { ModelConfig } from '../models/join-lock';
import type { Scraped } from '../monitoring/series';
import type { Workload } from '../picture/workloads';
import type { Stateful } from '../upgrades/stateful';
import type { Capacity } from './capacity';
import type { SourceFile } from './source-file';

/** What a report and a picture say of a file of dist/. */
export interface Content {
  /** How many. */
  readonly objects: number;
  readonly capacity: Capacity;
  readonly workloads: readonly Workload[];
  readonly scraped: Scraped;
  /** Those that it names. */
  readonly images: readonly string[];
  /** Those with which data goes. */
  readonly stateful: readonly Stateful[];
}

/** A file of dist/ without its text. */
export interface Rendered {
  /** Many have the same. */
  readonly content: Content;
  /** Of the text, by digestOf(). */
  readonly digest: string;
  /** Of the file that had this text, by stampOf(). */
  readonly stamp?: string;
}

/** A model file, and what was made of it. */
export interface Entry {
  readonly file: string;
  /** Of the file's bytes, by digestOf(). */
  readonly digest: string;
  /** Of the file that had these bytes, by stampOf(). */
  readonly stamp?: string;
  readonly model: ModelConfig;
  readonly rendered?: Rendered;
  /** How it was kept; absent where this run knows more. */
  readonly kept?: Kept;
}

/** The lines of a file that keeps models. */
export interface Kept {
  /** What its kind has in common. */
  readonly kind: string;
  readonly own: string;
}

/** The model files of one environment. */
export class Memory {
  private readonly earlier: ReadonlyMap<string, Entry>;
  private readonly current = new Map<object, Entry>();

  constructor(earlier: Iterable<Entry> = []) {
    this.earlier = new Map([...earlier].map((entry) => [entry.file, entry]));
  }

  /** The model that an earlier run made of a file, which is read only where its stamp is another by now. */
  model(file: SourceFile): ModelConfig | undefined {
    const entry = this.earlier.get(file.path);
    if (entry === undefined) return undefined;
    const isStill = file.stamp !== undefined && file.stamp === entry.stamp;
    if (!isStill && file.digest !== entry.digest) return undefined;
    this.current.set(
      entry.model,
      file.stamp === entry.stamp ? entry : { ...entry, stamp: file.stamp, kept: undefined },
    );
    return entry.model;
  }

  /** Notes the model that this run made of a file. */
  noteModel({ path, digest, stamp }: SourceFile, model: ModelConfig): void {
    this.current.set(model, { file: path, digest, stamp, model });
  }

  /** What an earlier run rendered of this very object. */
  rendered(model: object | undefined): Rendered | undefined {
    return model && this.current.get(model)?.rendered;
  }

  noteRendered(model: object, rendered: Rendered): void {
    const entry = this.current.get(model);
    if (entry) this.current.set(model, { ...entry, rendered, kept: undefined });
  }

  /** The files of this run. */
  get entries(): Iterable<Entry> {
    return this.current.values();
  }

  /** Whether this run has found what the earlier one left, and nothing else. */
  get isUnchanged(): boolean {
    const entries = [...this.current.values()];
    return entries.length === this.earlier.size && entries.every((entry) => this.earlier.get(entry.file) === entry);
  }
}
