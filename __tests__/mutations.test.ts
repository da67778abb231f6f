/** Slips and hostile text in a good environment: a clean refusal, or a platform that satisfies every check. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { loadEnvironments } from '../charts/environment/environments';
import { ConfigError } from '../config/problems';
import { allViolations, wiredView } from './support/wiring';

const PLATFORM = {
  clusterDomain: 'k8s.internal',
  images: {
    registry: 'mirror.example.com:5000/hub',
    pullSecret: 'registry-login',
    overrides: { mlflow: { tag: 'v3.17.0-full' }, mlserverXgboost: { pullPolicy: 'Always' } },
  },
  networkPolicies: {
    apiServer: { cidrs: ['10.0.0.1/32'], ports: [6443] },
    clients: { mlflow: ['team-a', 'team-b'], models: ['team-a'] },
  },
  monitoring: { enabled: true, namespace: 'prometheus', labels: { release: 'kps' } },
  postgresql: { backup: { enabled: true, schedule: '0 3 * * *', keep: 7 }, storage: { size: '20Gi' } },
  objectStore: { bucket: 'models', console: false },
  mlflow: {
    hosts: ['mlflow.example.com'],
    replicas: 2,
    resources: { requests: { cpu: 0.5 }, limits: { memory: '3Gi' } },
  },
  seldon: { certificates: 'cert-manager', istio: { enabled: true } },
  frontend: { model: 'wine' },
};
const MODEL = {
  server: 'XGBOOST_SERVER',
  uri: 's3://models/wine/1',
  node: 'wine',
  replicas: 2,
  form: { inputs: [{ name: 'pH', min: 2, max: 5, default: 3.5 }] },
};

/** What an arbitrary makes. */
type Generated<A> = A extends fc.Arbitrary<infer T> ? T : never;

const root = mkdtempSync(join(tmpdir(), 'mutations-'));
mkdirSync(join(root, 'any/models'), { recursive: true });
afterAll(() => rmSync(root, { recursive: true }));

/** Whether these files are refused; what is wrong with how, or with the platform that they give. */
function judge(platform: string, model: string): { refused: boolean; faults: string[] } {
  writeFileSync(join(root, 'any/platform.yaml'), platform);
  writeFileSync(join(root, 'any/models/wine.yaml'), model);
  try {
    return { refused: false, faults: loadEnvironments(root).flatMap((config) => allViolations(wiredView(config))) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      refused: true,
      faults: error.problems.length === 0 ? ['no problem named'] : error.problems.filter(isBadLine),
    };
  }
}

const FILES = [`${root}/any/platform.yaml: `, `${root}/any/models/wine.yaml: `];
/** A line that does not say where, that spills over, or that was made for programmers. */
const isBadLine = (line: string) =>
  !FILES.some((file) => line.startsWith(file)) ||
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these would end the line, or steer a terminal
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\bat .*:\d+:\d+|\[object |\bundefined\b|expected (string|record|object)/.test(
    line,
  );

/** Runs a property over changed pairs of files, and asks that it saw refusals and acceptances alike. */
function holds(pairs: fc.Arbitrary<readonly [platform: string, model: string]>, seed: number, numRuns: number): void {
  const seen = { refused: 0, accepted: 0 };
  fc.assert(
    fc.property(pairs, ([platform, model]) => {
      const { refused, faults } = judge(platform, model);
      seen[refused ? 'refused' : 'accepted'] += 1;
      expect(faults).toEqual([]);
    }),
    { seed, numRuns },
  );
  expect(seen.refused).toBeGreaterThan(numRuns / 10);
  expect(seen.accepted).toBeGreaterThan(numRuns / 50);
}

test('the environment that is changed here is a good one', () => {
  expect(judge(stringify(PLATFORM), stringify(MODEL))).toEqual({ refused: false, faults: [] });
});

describe('a slip in the structure', () => {
  const KEYS = [
    '__proto__',
    'constructor',
    'toString',
    '<<',
    '',
    ' ',
    'replicas',
    'Enabled',
    'a.b',
    'a\nb',
    '\u001b[31m',
    '🎉',
    'x'.repeat(300),
  ];
  const VALUES = [
    null,
    true,
    -0,
    1e21,
    Number.NaN,
    '',
    ' x',
    '${HOME}',
    '../..',
    'latest',
    '_x',
    '\u0000',
    '\u2028',
    'x'.repeat(9000),
    [],
    {},
    [[]],
    [null],
    { a: 1 },
  ];

  /** A place in a tree: the mapping or list, and the key. */
  type Place = [owner: object, key: string];
  const placesOf = (node: unknown): Place[] =>
    typeof node === 'object' && node !== null
      ? Object.keys(node).flatMap((key): Place[] => [[node, key], ...placesOf(Reflect.get(node, key))])
      : [];
  // Reflect.set would change the prototype for "__proto__", where YAML makes a field.
  const put = (owner: object, key: string, value: unknown) =>
    Object.defineProperty(owner, key, { value, enumerable: true, configurable: true, writable: true });

  const edit = fc.record({
    kind: fc.constantFrom('drop', 'rename', 'add', 'replace', 'copy'),
    place: fc.nat(),
    other: fc.nat(),
    key: fc.oneof(fc.constantFrom(...KEYS), fc.string()),
    value: fc.oneof(fc.constantFrom<unknown>(...VALUES), fc.jsonValue(), fc.string({ unit: 'binary' })),
  });

  function apply(tree: object, { kind, place, other, key, value }: Generated<typeof edit>): void {
    const places = placesOf(tree);
    const [owner, old] = places[place % places.length] ?? [tree, 'none'];
    const [source, name] = places[other % places.length] ?? [tree, 'none'];
    const before = Reflect.get(owner, old);
    if (kind === 'drop' || kind === 'rename') Reflect.deleteProperty(owner, old);
    if (kind === 'rename') put(owner, key, before);
    if (kind === 'add') put(Array.isArray(owner) ? tree : owner, key, value);
    if (kind === 'replace') put(owner, old, value);
    if (kind === 'copy') put(owner, old, structuredClone(Reflect.get(source, name)));
  }

  test('is refused in one line for each fault, or makes no difference', () => {
    const pairs = fc.tuple(fc.boolean(), fc.array(edit, { minLength: 1, maxLength: 2 })).map(([inModel, edits]) => {
      const [platform, model] = structuredClone([PLATFORM, MODEL] as const);
      for (const each of edits) apply(inModel ? model : platform, each);
      return [stringify(platform), stringify(model)] as const;
    });
    holds(pairs, 21, 400);
  });
});

describe('a slip in the text', () => {
  const PIECES = [
    ...[
      '\t',
      '\u0000',
      '\u0007',
      '\u001b[31m',
      '\u0085',
      '\u2028',
      '\ufeff',
      '\ud800',
      '\r',
      '\n',
      '  ',
      ' #',
      ': ',
      '- ',
      '? ',
      ', ',
    ],
    ...[
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      '&a ',
      '*a',
      '!x ',
      '!!binary ',
      '|\n',
      '>\n',
      '---\n',
      '...\n',
      '%YAML 1.1\n',
      '<<: *a\n',
    ],
    ...['__proto__: {a: 1}\n', 'mlflow: {}\n', '0o7', '1_000', '🎉', 'x'.repeat(5000)],
  ];
  const edit = fc.record({
    kind: fc.constantFrom('insert', 'delete', 'repeat line', 'drop line', 'indent line', 'swap lines'),
    at: fc.nat(),
    length: fc.integer({ min: 1, max: 12 }),
    piece: fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 5 })),
  });

  function apply(text: string, { kind, at, length, piece }: Generated<typeof edit>): string {
    const lines = text.split('\n');
    const line = at % lines.length;
    const offset = at % (text.length + 1);
    const current = lines[line] ?? '';
    switch (kind) {
      case 'insert':
        return text.slice(0, offset) + piece + text.slice(offset);
      case 'delete':
        return text.slice(0, offset) + text.slice(offset + length);
      case 'repeat line':
        return lines.toSpliced(line, 0, current).join('\n');
      case 'drop line':
        return lines.toSpliced(line, 1).join('\n');
      case 'indent line':
        return lines.with(line, `  ${current}`).join('\n');
      case 'swap lines':
        return lines
          .with(line, lines[(line + 1) % lines.length] ?? '')
          .with((line + 1) % lines.length, current)
          .join('\n');
    }
  }

  test('is refused in one line for each fault, or makes no difference', () => {
    const pairs = fc.tuple(fc.boolean(), fc.array(edit, { minLength: 1, maxLength: 3 })).map(([inModel, edits]) => {
      const [platform, model] = [stringify(PLATFORM), stringify(MODEL)];
      return inModel
        ? ([platform, edits.reduce(apply, model)] as const)
        : ([edits.reduce(apply, platform), model] as const);
    });
    holds(pairs, 22, 400);
  });
});
