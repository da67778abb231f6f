/** How a model file says which model it means: a place where its files are, or a name in MLflow's registry. */
import * as z from 'zod';
import { matching } from '../../config/fields';

/** The sources that the lock has entries for: those that an MLflow server knows. */
export const isResolvable = (uri: string) => !['remote', 'volume'].includes(parseModelUri(uri)?.kind ?? '');
/** The sources that need an entry. */
export const needsResolving = (uri: string) =>
  !['remote', 'volume', 'location'].includes(parseModelUri(uri)?.kind ?? '');

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
  | { readonly kind: 'run'; readonly run: string; readonly path: string }
  /** A place that an rclone remote of the environment reaches: "gs://models/wine/1". */
  | { readonly kind: 'remote'; readonly remote: string }
  /** A folder of a volume: "pvc://claim/wine/1". */
  | { readonly kind: 'volume'; readonly claim: string; readonly path: string };

const SEGMENT = '(?!\\.{1,2}(?:/|$))[A-Za-z0-9._=@+-]+';
const LOCATION = `s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/${SEGMENT})+/?`;
const VOLUME = `pvc://[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:/${SEGMENT})*/?`;
const REMOTE = `(?!(?:s3|pvc|models|runs):)[a-z][a-z0-9]{0,31}://${SEGMENT}(?:/${SEGMENT})*/?`;
/** MLflow refuses "/" and ":" in names; "@" would end the name here. */
const NAME = '[A-Za-z0-9_](?:[A-Za-z0-9_.+ -]*[A-Za-z0-9_.+-])?';
const ALIAS = '[A-Za-z0-9_-]+';

/** The same as parseModelUri, for editors. */
export const MODEL_URI = new RegExp(
  `^(?:${LOCATION}|models:/m-[0-9a-f]{32}|models:/${NAME}(?:@${ALIAS}|/[1-9]\\d*)|runs:/[0-9a-f]{32}(?:/${SEGMENT})+|${VOLUME}|${REMOTE})$`,
);
/** A place that needs no looking up and no volume: of the object store, or of an rclone remote. */
export const MODEL_PLACE = new RegExp(`^(?:${LOCATION}|${REMOTE})$`);
export const MODEL_LOCATION = new RegExp(`^${LOCATION}$`);

/** @returns undefined for what is no source of a model */
export function parseModelUri(uri: string): ModelUri | undefined {
  if (!MODEL_URI.test(uri)) return undefined;
  if (uri.startsWith('s3://')) return { kind: 'location', location: uri };
  const [scheme = '', ...segments] = uri.split('/');
  if (scheme === 'pvc:') return { kind: 'volume', claim: segments[1] ?? '', path: segments.slice(2).join('/') };
  if (!['models:', 'runs:'].includes(scheme)) return { kind: 'remote', remote: scheme.slice(0, -1) };
  const [first = '', ...rest] = segments;
  if (scheme === 'runs:') return { kind: 'run', run: first, path: rest.join('/') };
  if (/^m-[0-9a-f]{32}$/.test(first)) return { kind: 'logged', id: first };
  const [name = '', alias] = first.split('@');
  return alias === undefined ? { kind: 'version', name, version: rest.join('/') } : { kind: 'alias', name, alias };
}

/** A field that says where something lies in a bucket of the object store. */
export const bucketPlace = (example: string) =>
  z
    .string()
    .refine((value) => value.length <= 1024 && MODEL_LOCATION.test(value), {
      error: 'must be a place in a bucket: s3://, the bucket, and a path of letters, digits and "._=@+-"',
    })
    .meta({ pattern: MODEL_LOCATION.source, maxLength: 1024, examples: [example] });

/** A field that says which model is meant: a place in the object store, or a name in the model registry. */
export const modelUri = (example: string) => matching(MODEL_URI, 1024, 'the source of a model', example, sourceHint);

/** What is said of sources that other tools take. */
function sourceHint(uri: string): string | undefined {
  if (/^s3:\/\/[^/]+\/?$/.test(uri)) return 'must name a folder below the bucket, since all of it would be fetched';
  if (/^models:\/[^/@]+\/(?:Production|Staging|Archived|None)$/i.test(uri))
    return 'must name a version or an alias in place of a stage, which MLflow has given up';
  if (/^models:\/[^/@]+$/.test(uri)) return 'must name a version or an alias of the registered model';
  return undefined;
}

/** A field that says where files are, as rclone reads it. */
export const modelPlace = (example: string) => matching(MODEL_PLACE, 1024, 'a place in the object store', example);
