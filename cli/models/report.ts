/** What a pull request that changes a model's version shows its reviewers, as Markdown. */
import type { LockEntry } from '../../charts/models/lock';
import { markdownTable } from '../docs/markdown';
import { versionName } from './lock-file';
import type { SignatureChange } from './signature';

/**
 * Two versions of a model side by side.
 * @param old absent where the environment has none yet
 */
export function comparison(
  name: string,
  from: string,
  to: string,
  old: LockEntry | undefined,
  now: LockEntry,
  changes: readonly SignatureChange[],
): string {
  const signature =
    changes.length === 0
      ? ['The signature is the same.']
      : ['Signature:', '', ...changes.map(({ text, breaks }) => `- ${breaks ? '**breaks callers**: ' : ''}${text}`)];
  return [
    `## ${name}: ${from} to ${to}`,
    '',
    comparisonTable([`${to} before`, `${to} after`], old, now),
    ...(old ? signature : [`${to} has no version of it yet.`]),
    '',
  ].join('\n');
}

/**
 * The facts of two versions side by side, a row each.
 * @param heads of the two columns
 */
export function comparisonTable(
  heads: readonly [before: string, after: string],
  old: LockEntry | undefined,
  now: LockEntry,
): string {
  const fact = (label: string, of: (entry: LockEntry) => string | undefined) => [
    label,
    (old && of(old)) ?? '',
    of(now) ?? '',
    '',
  ];
  const metrics = [...new Set([...Object.keys(old?.metrics ?? {}), ...Object.keys(now.metrics)])].sort();
  const rows = [
    fact('version', versionName),
    fact('run', ({ run }) => run),
    fact('files', ({ artifacts }) => artifacts),
    fact('digest', ({ digest }) => digest.slice(0, 19)),
    fact('resolved', ({ resolved }) => resolved),
    ...metrics.map((metric) => metricRow(metric, old?.metrics[metric], now.metrics[metric])),
  ];
  return markdownTable(['', ...heads, 'change'], rows);
}

function metricRow(metric: string, old: number | undefined, now: number | undefined): string[] {
  const shown = (value: number | undefined) => (value === undefined ? '' : String(Number(value.toPrecision(6))));
  const change = old === undefined || now === undefined ? '' : signed(now - old);
  return [metric, shown(old), shown(now), change];
}

const signed = (value: number) => (value > 0 ? '+' : '') + String(Number(value.toPrecision(3)));
