/** How a deployment shows how far it is. */
import { Progress } from '../../../cli/deploy/progress';
import type { Terminal } from '../../../cli/terminal';
import { silent } from '../../support/terminal';

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});
afterEach(() => jest.useRealTimers());

function progressOn(screen?: Terminal['screen']) {
  const written: string[] = [];
  const progress = Progress.of({ ...silent, screen, err: (text) => void written.push(text) }, ['one', 'two']);
  return { progress, written };
}

describe('in a log', () => {
  test('each news is a line', () => {
    const { progress, written } = progressOn();
    progress.say('one', 'applies 3 objects');
    progress.say('one', '2 of 3 objects are ready', ['Job a/b: 0 of 1 complete']);
    progress.end('one', 'done', '3 objects are ready');
    progress.stop();
    expect(written).toEqual([
      'one: applies 3 objects\n',
      'one: 2 of 3 objects are ready; Job a/b: 0 of 1 complete\n',
      'one: 3 objects are ready\n',
    ]);
  });

  test('a number that counts up is none', () => {
    const { progress, written } = progressOn();
    for (const count of [1, 2, 3]) progress.say('one', `${count} of 3 objects applied`);
    progress.stop();
    expect(written).toEqual(['one: 1 of 3 objects applied\n']);
  });

  test('it is never silent for more than ten seconds', () => {
    const { progress, written } = progressOn();
    progress.say('one', 'waits');
    jest.advanceTimersByTime(21_000);
    progress.stop();
    expect(written).toEqual(['one: waits\n', 'one: waits (10 s)\n', 'one: waits (20 s)\n']);
  });

  test('of many details the first are shown', () => {
    const { progress, written } = progressOn();
    progress.say('one', 'waits', ['a', 'b', 'c', 'd', 'e']);
    progress.stop();
    expect(written).toEqual(['one: waits; a; b; c; and 2 more\n']);
  });
});

describe('on a screen', () => {
  /** What the screen shows in the end: lines are written over by going up. */
  function shown(written: readonly string[]): string[] {
    let lines: string[] = [];
    for (const text of written) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is tested
      const [, up = '0', rest = ''] = /^(?:\x1b\[(\d+)A)?\r\x1b\[J([\s\S]*)$/.exec(text) ?? [];
      lines = [...lines.slice(0, lines.length - Number(up)), ...rest.split('\n').slice(0, -1)];
    }
    return lines;
  }

  test('the list of steps is written over', () => {
    const { progress, written } = progressOn({ columns: 60, rows: 20 });
    progress.say('one', 'waits', ['for a', 'for b']);
    jest.advanceTimersByTime(2000);
    progress.end('one', 'done', 'ready');
    progress.say('two', 'waits', ['for c']);
    progress.stop();
    expect(shown(written)).toEqual(['✔ one            ready  (2 s)', '> two            waits  (0 s)', '    for c']);
  });

  test('no line is wider than the screen, and no more lines are written than it has', () => {
    const { progress, written } = progressOn({ columns: 20, rows: 3 });
    progress.say('one', 'waits', ['a'.repeat(50), 'b', 'c']);
    progress.stop();
    const lines = shown(written);
    expect(lines).toHaveLength(2);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(20);
  });
});
