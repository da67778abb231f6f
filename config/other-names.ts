/** What people write who know a thing by another name: each such name, and what is said in answer. */
import * as z from 'zod';

export interface OtherNames {
  /**
   * Fields that a document does not have, by their name wherever in it they stand or by their path, and what each is called here
   * or where it goes.
   */
  readonly fields: Readonly<Record<string, string>>;
  /** Fields by which a document of another kind is known, and what to say of it; nothing else is said then. @default - none */
  readonly otherKind?: { readonly fields: readonly string[]; readonly answer: string };
}

/** The other names that a document's schema knows. */
export const OTHER_NAMES = z.registry<OtherNames>();
