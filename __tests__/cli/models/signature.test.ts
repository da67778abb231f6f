/** Which changes of a signature break callers. */
import { signatureChanges } from '../../../cli/models/signature';

const column = (name: string, type = 'double', required = true) => ({ name, type, required });
const taking = (...inputs: ReturnType<typeof column>[]) => ({ inputs, outputs: [column('y')] });
const answering = (...outputs: { name?: string; type: string; shape?: number[]; required: boolean }[]) => ({
  inputs: [column('a')],
  outputs,
});

test.each([
  ['nothing', taking(column('a')), taking(column('a')), []],
  ['the order of columns', taking(column('a'), column('b')), taking(column('b'), column('a')), []],
  ['a new required column', taking(column('a')), taking(column('a'), column('b')), ['! input b: new, double']],
  [
    'a new optional column',
    taking(column('a')),
    taking(column('a'), column('b', 'long', false)),
    ['input b: new, long, optional'],
  ],
  ['a column less', taking(column('a'), column('b')), taking(column('a')), ['input b: gone']],
  ['a wider type', taking(column('a', 'integer')), taking(column('a', 'long')), ['input a: long, was integer']],
  ['a narrower type', taking(column('a', 'double')), taking(column('a', 'long')), ['! input a: long, was double']],
  [
    'an optional column that is required now',
    taking(column('a', 'long', false)),
    taking(column('a', 'long')),
    ['! input a: now required'],
  ],
  [
    'a required column that is optional now',
    taking(column('a')),
    taking(column('a', 'double', false)),
    ['input a: now optional'],
  ],
  ['another answer', answering(column('y')), answering(column('y', 'string')), ['! output: y string, was y double']],
  [
    'an answer of another shape',
    answering({ type: 'float64', shape: [-1], required: true }),
    answering({ type: 'float64', shape: [-1, 2], required: true }),
    ['! output: float64[-1, 2], was float64[-1]'],
  ],
  ['a signature where there was none', undefined, taking(), ['now has a signature']],
  ['no signature where there was one', taking(), undefined, ['! no longer has a signature']],
  ['none before and after', undefined, undefined, []],
])('%s', (_, old, now, expected) => {
  expect(signatureChanges(old, now).map(({ text, breaks }) => (breaks ? `! ${text}` : text))).toEqual(expected);
});
