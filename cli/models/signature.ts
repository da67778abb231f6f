/** What a change of a model's signature means to those who call it. */
import type { Signature, SignatureColumn } from '../../charts/models/lock';

export interface SignatureChange {
  /** Such as "input alcohol: double, was integer". */
  readonly text: string;
  /** Callers of the version before would be refused, or would misread the answer. */
  readonly breaks: boolean;
}

/** What MLflow's schema enforcement converts without loss: https://mlflow.org/docs/latest/ml/model/signatures */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  integer: ['long', 'double'],
  float: ['double'],
};

/** A column's name, or its place where it has none. */
const nameOf = (column: SignatureColumn, index: number) => column.name ?? `#${index + 1}`;
const typeOf = ({ type, shape }: SignatureColumn) => (shape ? `${type}[${shape.join(', ')}]` : type);
const byName = (columns: readonly SignatureColumn[]) =>
  new Map(columns.map((column, index) => [nameOf(column, index), column]));

/** The differences between two versions' signatures; a version without one may take and answer anything. */
export function signatureChanges(old: Signature | undefined, now: Signature | undefined): SignatureChange[] {
  if (!old || !now) {
    if (!old && !now) return [];
    return [{ text: now ? 'now has a signature' : 'no longer has a signature', breaks: !now }];
  }
  return [...inputChanges(byName(old.inputs), byName(now.inputs)), ...outputChanges(old.outputs, now.outputs)];
}

function inputChanges(
  old: ReadonlyMap<string, SignatureColumn>,
  now: ReadonlyMap<string, SignatureColumn>,
): SignatureChange[] {
  const changes: SignatureChange[] = [];
  for (const [name, column] of now) {
    const before = old.get(name);
    const type = typeOf(column);
    if (!before) {
      changes.push({
        text: `input ${name}: new, ${type}${column.required ? '' : ', optional'}`,
        breaks: column.required,
      });
      continue;
    }
    if (typeOf(before) !== type) {
      changes.push({
        text: `input ${name}: ${type}, was ${typeOf(before)}`,
        breaks: !WIDER[typeOf(before)]?.includes(type),
      });
    }
    if (before.required !== column.required) {
      changes.push({
        text: `input ${name}: now ${column.required ? 'required' : 'optional'}`,
        breaks: column.required,
      });
    }
  }
  for (const name of old.keys()) {
    // A table with a column too many is accepted: MLflow leaves out what the signature does not name.
    if (!now.has(name)) changes.push({ text: `input ${name}: gone`, breaks: false });
  }
  return changes;
}

function outputChanges(old: readonly SignatureColumn[], now: readonly SignatureColumn[]): SignatureChange[] {
  const shown = (columns: readonly SignatureColumn[]) =>
    columns
      .map((column) => (column.name === undefined ? typeOf(column) : `${column.name} ${typeOf(column)}`))
      .join(', ');
  return shown(old) === shown(now)
    ? []
    : [{ text: `output: ${shown(now) || 'nothing'}, was ${shown(old) || 'nothing'}`, breaks: true }];
}
