/** Quantities, held to what kubectl and the API server take and refuse. */
import { formatCpu, formatMemory, parseQuantity, quantityValue } from '../../../charts/lib/quantity';

describe('a quantity that Kubernetes takes has its value', () => {
  test.each<readonly [string, number]>([
    ['1', 1],
    ['0', 0],
    ['010', 10],
    ['+1', 1],
    ['-1', -1],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['100m', 0.1],
    ['1n', 1e-9],
    ['1u', 1e-6],
    ['1k', 1000],
    ['1M', 1e6],
    ['1G', 1e9],
    ['1T', 1e12],
    ['1P', 1e15],
    ['1E', 1e18],
    ['1Ki', 1024],
    ['1Mi', 2 ** 20],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['1Ti', 2 ** 40],
    ['1Pi', 2 ** 50],
    ['1Ei', 2 ** 60],
    ['1e3', 1000],
    ['1E3', 1000],
    ['12e6', 12e6],
    ['1e+3', 1000],
    ['1.5e3', 1500],
    ['25e-1', 2.5],
  ])('%j is %d', (text, value) => {
    expect(parseQuantity(text)).toBeCloseTo(value, 12);
    expect(quantityValue(text)).toBe(parseQuantity(text));
  });
});

describe('what Kubernetes refuses is no quantity', () => {
  test.each([
    '1K',
    '1GiB',
    '1gb',
    '1gi',
    '1ki',
    '1Zi',
    '1Y',
    '1e',
    '1e+',
    '1e1.5',
    '1e5Gi',
    '1Gi1',
    '1.5.1',
    '',
    '.',
    '+',
    'Gi',
    'm',
    '0x10',
    '0b1',
    '0o17',
    '1_000',
    '1,5',
    '1:30',
    '--1',
    '1 Gi',
    ' 1',
    '1 ',
    '1\n',
    'NaN',
    'Infinity',
    '１',
    '1Gi\0',
  ])('%j', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
    expect(() => quantityValue(text)).toThrow(`not a quantity: ${text}`);
  });
});

describe('a sum is written so that it is never too small', () => {
  test.each([
    [0, '0m'],
    [0.1, '100m'],
    [1, '1000m'],
    [1.25, '1250m'],
    [0.1 + 0.2, '300m'],
    [0.0001, '1m'],
  ])('%d CPU is %s', (cpus, text) => {
    expect(formatCpu(cpus)).toBe(text);
  });

  test.each([
    [0, '0Mi'],
    [1, '1Mi'],
    [2 ** 20, '1Mi'],
    [2 ** 20 + 1, '2Mi'],
    [3136 * 2 ** 20, '3136Mi'],
    [1e9, '954Mi'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatMemory(bytes)).toBe(text);
  });
});
