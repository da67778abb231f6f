/** Reads a document field by field, and keeps what nobody has asked for: that is what an import leaves out. */
import { isMapping } from '../../../charts/lib/mapping';

/** What was left out, and why. */
export interface Note {
  readonly path: string;
  readonly why: string;
}

/** Fields of a model file, as an import writes them. */
export type Fields = Readonly<Record<string, unknown>>;

const NO_PLACE = 'a model file has no place for it';

/** A mapping of a document. Each field is taken once; done() notes the rest. */
export class Reader {
  private readonly left: Map<string, unknown>;

  constructor(
    value: unknown,
    private readonly path: string,
    private readonly notes: Note[],
  ) {
    this.left = new Map(isMapping(value) ? Object.entries(value).filter(([, child]) => child != null) : []);
    if (value != null && !isMapping(value)) this.note('', 'it is no mapping');
  }

  /** Whatever stands at a field. */
  any(name: string): unknown {
    const value = this.left.get(name);
    this.left.delete(name);
    return value;
  }

  /** Text, or undefined. A number counts as its text, as Kubernetes takes quantities and percentages. */
  text(name: string): string | undefined {
    const value = this.any(name);
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    if (value !== undefined) this.note(name, 'it is no text');
    return undefined;
  }

  number(name: string): number | undefined {
    const value = this.any(name);
    if (typeof value === 'number') return value;
    if (value !== undefined) this.note(name, 'it is no number');
    return undefined;
  }

  flag(name: string): boolean {
    return this.any(name) === true;
  }

  /** The mapping at a field; an empty one where there is none. */
  mapping(name: string): Reader {
    return new Reader(this.any(name), this.at(name), this.notes);
  }

  /** The mappings of a list. */
  list(name: string): Reader[] {
    const value = this.any(name);
    if (value !== undefined && !Array.isArray(value)) this.note(name, 'it is no list');
    return Array.isArray(value)
      ? value.map((item: unknown, index) => new Reader(item, `${this.at(name)}[${index}]`, this.notes))
      : [];
  }

  /** The fields of a mapping whose keys are somebody's own, such as labels. */
  entries(name: string): [string, string][] {
    const value = this.any(name);
    return isMapping(value) ? Object.entries(value).map(([key, text]) => [key, String(text)]) : [];
  }

  has(name: string): boolean {
    return this.left.has(name);
  }

  get isEmpty(): boolean {
    return this.left.size === 0;
  }

  /** Leaves fields out that mean nothing here, or what the platform does anyway. */
  ignore(...names: string[]): void {
    for (const name of names) this.left.delete(name);
  }

  /** Leaves a field out, and says why. */
  leave(name: string, why: string): void {
    if (this.left.delete(name)) this.note(name, why);
  }

  note(name: string, why: string): void {
    this.notes.push({ path: name === '' ? this.path : this.at(name), why });
  }

  /** Notes every field that nobody has taken. */
  done(answers: Readonly<Record<string, string>> = {}): void {
    for (const name of [...this.left.keys()]) this.leave(name, answers[name] ?? NO_PLACE);
  }

  private at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}
