/**
 * Kubernetes quantities, as k8s.io/apimachinery/pkg/api/resource parses them: "100m" of a CPU, "1.5Gi" of memory.
 */
const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;

/** What stands in place of a limit where a container has none. */
export const NO_LIMIT = 'none';

/** The value of a quantity in its base unit (CPUs, bytes), or undefined where the API server would refuse it. */
export function parseQuantity(text: string): number | undefined {
  const match = QUANTITY.exec(text);
  if (!match) return undefined;
  const [, number = '', suffix = ''] = match;
  const exponent = /^[eE][+-]?\d+$/.test(suffix);
  return Number(number) * (exponent ? 10 ** Number(suffix.slice(1)) : (SUFFIXES[suffix] ?? Number.NaN));
}

/** The value of a quantity that validation has already accepted. */
export function quantityValue(text: string): number {
  const value = parseQuantity(text);
  if (value === undefined) throw new Error(`not a quantity: ${text}`);
  return value;
}

/** CPUs in thousandths, such as "1250m". */
export const formatCpu = (cpus: number) => `${Math.ceil(cpus * 1000 - 1e-6)}m`;

/** Bytes in mebibytes, such as "3136Mi". */
export const formatMemory = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)}Mi`;
