/** The troubleshooting of docs/operations.md, beside what is on the screen. */
import { until } from '../cluster/cluster';
import { section } from '../cluster/documents';
import { OPERATIONS } from './follow';
import type { RunningPlatform } from './running-platform';

/**
 * The row of the troubleshooting that a user finds with what is on the screen: all that its first cell quotes was seen.
 *
 * @returns the quotes
 * @throws Error where there is none
 */
export function documented(platform: RunningPlatform, seen: string): string {
  const table = section(platform.props.project, OPERATIONS, '## Troubleshooting');
  const quotes = table.split('\n').map((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)]);
  const found = quotes
    .map((row) => row.flatMap(([, quote = '']) => quote.split('…')))
    .find((row) => row.length > 0 && row.every((piece) => seen.includes(piece.trim())));
  if (!found) throw new Error(`the troubleshooting of ${OPERATIONS} has nothing of this:\n${seen}`);
  return found.join(' … ');
}

/** What a user looks at when pods do not get ready: the table of pods, their warnings, and what the last one said. */
async function screen(platform: RunningPlatform, namespace: string, selector: string): Promise<string> {
  const { cluster } = platform.props;
  const table = await platform.kubectl('get', 'pods', '-n', namespace, '-l', selector, '--no-headers');
  const names = table.split('\n').map((line) => line.split(/\s+/)[0] ?? '');
  const warnings = await platform.kubectl('get', 'events', '-n', namespace, '--field-selector', 'type=Warning');
  const about = warnings.split('\n').filter((line) => names.some((name) => name !== '' && line.includes(name)));
  const logs = ['logs', '-n', namespace, '-l', selector, '--all-containers', '--tail=40', '--ignore-errors'];
  return [table, ...about, (await cluster.kubectl(logs)).stdout].join('\n');
}

/** Waits for what a user would notice. @returns the row of the troubleshooting that explains it */
export async function noticed(
  platform: RunningPlatform,
  namespace: string,
  selector: string,
  sign: RegExp,
): Promise<string> {
  let seen = '';
  await until(`pods of ${selector} show ${sign}`, 300, async () => {
    seen = await screen(platform, namespace, selector);
    return sign.test(seen) ? undefined : seen;
  });
  return documented(platform, seen);
}
