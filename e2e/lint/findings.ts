/** Runs the linters, and puts what they say into one form. */
import { join } from 'node:path';
import { run } from '../cluster/commands';
import { SCHEMA_FILE } from './schemas';
import type { Subject } from './subjects';

/** What a linter finds wrong. */
export interface Finding {
  /** The check's name in the linter, or "kubeconform". */
  readonly check: string;
  /** Such as "Deployment mlflow/mlflow". */
  readonly object: string;
  /** A container, or nothing where the whole object is meant. */
  readonly container: string;
  readonly message: string;
}

interface Scored {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string; readonly namespace?: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

interface Validated {
  readonly resources: readonly {
    readonly filename: string;
    readonly kind: string;
    readonly name: string;
    readonly status: string;
    readonly msg: string;
  }[];
  readonly summary: { readonly valid: number; readonly skipped: number };
}

/** From this grade on all is well; warnings are below. */
const ALL_OK = 10;

/**
 * Every check of kube-score, the optional ones too. What an object says of itself changes nothing: exceptions are in one file.
 * @param kubernetes a release such as "1.30"
 */
export function kubeScore(linters: string, { files }: Subject, kubernetes: string): Finding[] {
  const flags = ['--all-default-optional', '--disable-ignore-checks-annotations', '--output-format=json'];
  const scored = json<Scored[]>(join(linters, 'kube-score'), [
    'score',
    ...flags,
    `--kubernetes-version=v${kubernetes}`,
    ...files,
  ]);
  return scored.flatMap(({ type_meta: { kind }, object_meta: { namespace, name }, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade < ALL_OK)
      .flatMap(({ check, comments }) => {
        const object = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
        const found = comments?.length ? comments : [{ path: '', summary: `fails ${check.id}` }];
        return found.map(({ path, summary }) => ({ check: check.id, object, container: path, message: summary }));
      }),
  );
}

/** @throws Error where not every object was judged */
export function kubeconform(linters: string, { files, objects, name }: Subject, schemas: string): Finding[] {
  const flags = ['-strict', '-summary', '-output=json', '-schema-location', join(schemas, SCHEMA_FILE)];
  const { resources, summary } = json<Validated>(join(linters, 'kubeconform'), [...flags, ...files]);
  const found = resources.map(({ kind, name, msg, filename }) => ({
    check: 'kubeconform',
    object: kind === '' ? filename : `${kind} ${name}`,
    container: '',
    message: msg,
  }));
  if (summary.skipped > 0 || summary.valid + found.length !== objects) {
    throw new Error(`kubeconform judged ${summary.valid + found.length} of ${objects} objects of ${name}`);
  }
  return found;
}

/** The answer of a command; that it ends with 1 only says that it found something. */
function json<T>(command: string, args: readonly string[]): T {
  const { stdout, stderr } = run(command, args, process.cwd());
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`${command} failed: ${stderr || stdout}`);
  }
}
