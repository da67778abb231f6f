/** The exceptions of exceptions.yaml: what a linter may find, and why. */
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import * as z from 'zod';
import type { Finding } from './findings';

const PROFILES = ['starter', 'production'] as const;

const schema = z.array(
  z.strictObject({
    check: z.string().min(1),
    /** Kind, namespace and name, in which "*" stands for any text. */
    objects: z.array(z.string().regex(/^\S+ \S+$/)).min(1),
    /** Likewise, of its containers. @default - every finding of the object */
    container: z.string().min(1).optional(),
    /** In which kinds of environment. */
    profiles: z.array(z.enum(PROFILES)).min(1),
    reason: z.string().min(20),
  }),
);

export type Exception = z.output<typeof schema>[number];
type Profile = (typeof PROFILES)[number];

/** @throws Error where the file is not one of exceptions */
export function readExceptions(file: string): Exception[] {
  const { success, data, error } = schema.safeParse(load(readFileSync(file, 'utf8')));
  if (!success) throw new Error(`${file}: ${z.prettifyError(error)}`);
  return data;
}

/** Tells what is excepted from what is not, and remembers which exceptions were of use. */
export class Exceptions {
  private readonly used = new Set<string>();

  constructor(private readonly all: readonly Exception[]) {}

  /** The findings that nothing excepts. */
  remaining(findings: readonly Finding[], profile: Profile): Finding[] {
    return findings.filter((finding) => {
      const uses = this.all.flatMap((exception, place) =>
        exception.objects
          .filter((pattern) => covers(exception, pattern, finding, profile))
          .map((pattern) => `${place} ${pattern}`),
      );
      for (const use of uses) this.used.add(`${use} ${profile}`);
      return uses.length === 0;
    });
  }

  /** What excepts nothing, of the kinds of environment that were judged. */
  unused(judged: readonly Profile[]): string[] {
    return this.all.flatMap(({ check, objects, profiles }, place) =>
      objects.flatMap((pattern) =>
        profiles
          .filter((profile) => judged.includes(profile) && !this.used.has(`${place} ${pattern} ${profile}`))
          .map((profile) => `${check}: ${pattern}, in a ${profile} environment`),
      ),
    );
  }
}

const covers = ({ check, container, profiles }: Exception, pattern: string, finding: Finding, profile: Profile) =>
  check === finding.check &&
  profiles.includes(profile) &&
  matches(pattern, finding.object) &&
  (container === undefined || matches(container, finding.container));

function matches(pattern: string, text: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(text);
}
