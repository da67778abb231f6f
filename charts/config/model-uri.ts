/** How a model file says which model it means: a place in the object store, or a name in MLflow's registry. */

/** A model's source, taken apart. */
export type ModelUri =
  /** The files themselves: "s3://models/wine/1". */
  | { readonly kind: 'location'; readonly location: string }
  /** What an alias of a registered model points at: "models:/wine@champion". */
  | { readonly kind: 'alias'; readonly name: string; readonly alias: string }
  /** A version of a registered model: "models:/wine/3". */
  | { readonly kind: 'version'; readonly name: string; readonly version: string }
  /** A logged model of MLflow 3: "models:/m-0123456789abcdef0123456789abcdef". */
  | { readonly kind: 'logged'; readonly id: string }
  /** A model that a run logged: "runs:/0123456789abcdef0123456789abcdef/model". */
  | { readonly kind: 'run'; readonly run: string; readonly path: string };

const SEGMENT = '(?!\\.{1,2}(?:/|$))[A-Za-z0-9._=@+-]+';
const LOCATION = `s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/${SEGMENT})+/?`;
/** MLflow refuses "/" and ":" in names; "@" would end the name here. */
const NAME = '[A-Za-z0-9_](?:[A-Za-z0-9_.+ -]*[A-Za-z0-9_.+-])?';
const ALIAS = '[A-Za-z0-9_-]+';

/** The same as parseModelUri, for editors. */
export const MODEL_URI = new RegExp(
  `^(?:${LOCATION}|models:/m-[0-9a-f]{32}|models:/${NAME}(?:@${ALIAS}|/[1-9]\\d*)|runs:/[0-9a-f]{32}(?:/${SEGMENT})+)$`,
);
export const MODEL_LOCATION = new RegExp(`^${LOCATION}$`);

/** @returns undefined for what is no source of a model */
export function parseModelUri(uri: string): ModelUri | undefined {
  if (!MODEL_URI.test(uri)) return undefined;
  if (uri.startsWith('s3://')) return { kind: 'location', location: uri };
  const [scheme, ...segments] = uri.split('/');
  const [first = '', ...rest] = segments;
  if (scheme === 'runs:') return { kind: 'run', run: first, path: rest.join('/') };
  if (/^m-[0-9a-f]{32}$/.test(first)) return { kind: 'logged', id: first };
  const [name = '', alias] = first.split('@');
  return alias === undefined ? { kind: 'version', name, version: rest.join('/') } : { kind: 'alias', name, alias };
}
