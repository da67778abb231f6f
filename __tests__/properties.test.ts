/** What holds for any input at all. The seeds are fixed, so that a run finds what the last one found. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { loadEnvironments } from '../charts/environment/environments';
import { toYaml } from '../charts/lib/yaml';
import { renderEnvironments } from '../charts/rendering/render';
import { environment } from './support/arbitraries';
import { STARTING, startingEnvironment } from './support/environments';
import { readFolder } from './support/folders';
import type { KubernetesObject } from './support/platform';
import { schemaFaults } from './support/schemas';
import { allViolations, wiredView } from './support/wiring';

const folder = mkdtempSync(join(tmpdir(), 'properties-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Files {
  readonly platform: unknown;
  readonly models: Readonly<Record<string, unknown>>;
}

/** Loads an environment from files; JSON is YAML. */
function load({ platform, models }: Files) {
  const root = join(folder, 'any');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, 'models'), { recursive: true });
  writeFileSync(join(root, 'platform.yaml'), JSON.stringify(platform));
  for (const [name, model] of Object.entries(models))
    writeFileSync(join(root, `models/${name}.yaml`), JSON.stringify(model));
  return loadEnvironments(folder);
}

/** Everything wrong with a platform: what breaks an invariant or a type. */
function faultsOf(files: Files): string[] {
  return load(files).flatMap((config) => {
    const wired = wiredView(config);
    return [...allViolations(wired), ...wired.objects.flatMap(schemaFaults)];
  });
}

const render = (files: Files) =>
  [...renderEnvironments(load(files))].map(({ path, text }) => `${path}\n${text}`).join('');

test('any valid configuration gives a platform that satisfies every invariant', () => {
  fc.assert(
    fc.property(environment, (files) => {
      expect(faultsOf(files)).toEqual([]);
    }),
    { seed: 1, numRuns: 150 },
  );
});

test('the order of keys in the input changes nothing', () => {
  const reversed = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, child]) => [key, reversed(child)]),
        )
      : value;
  fc.assert(
    fc.property(environment, ({ platform, models }) => {
      expect(
        render({
          platform: reversed(platform),
          models: Object.fromEntries(Object.entries(models).map(([k, v]) => [k, reversed(v)])),
        }),
      ).toBe(render({ platform, models }));
    }),
    { seed: 3, numRuns: 40 },
  );
});

test('directory, time zone and language change nothing', () => {
  const outputs = [
    { TZ: 'UTC', LANG: 'C' },
    { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
  ].map((env, index) => {
    const project = join(folder, `project ${index}`);
    mkdirSync(project);
    cpSync(STARTING.folder, join(project, 'environments'), { recursive: true });
    symlinkSync(resolve('node_modules'), join(project, 'node_modules'));
    execFileSync(process.execPath, [resolve('cli/run.mjs'), resolve('main.ts')], {
      cwd: project,
      env: { ...process.env, ...env },
    });
    return readFolder(join(project, 'dist'));
  });
  const rendered = [...renderEnvironments([startingEnvironment()])].map(({ path, text }) => [path, text]);
  expect(outputs[0]).toEqual(Object.fromEntries(rendered));
  expect(outputs[1]).toEqual(outputs[0]);
});

describe('strings survive the YAML', () => {
  const NASTY = [
    '',
    ' ',
    '  lead',
    'trail ',
    'y',
    'n',
    'Y',
    'N',
    'yes',
    'No',
    'on',
    'OFF',
    'true',
    'False',
    'null',
    'Null',
    '~',
    'NaN',
    '.nan',
    '.inf',
    '-.INF',
    '0',
    '00',
    '012',
    '0o17',
    '0x1F',
    '0b11',
    '1_000',
    '1e3',
    '1E3',
    '1.',
    '.5',
    '+1',
    '-1',
    '1:30',
    '12:30',
    '1:30:45',
    '2020-01-01',
    '2001-12-14t21:59:43.10-05:00',
    '=',
    '<<',
    '-',
    '--',
    '---',
    '--- ',
    '...',
    '- a',
    '-a',
    '?',
    '? a',
    ':',
    'a:',
    ':a',
    'a: b',
    'a:b',
    'a #b',
    '#',
    '#a',
    '*a',
    '&a',
    '!a',
    '!!str a',
    '%a',
    '@a',
    '`a',
    '{a',
    '}',
    '[a',
    ']',
    ',',
    '|',
    '>',
    "'",
    '"',
    '\\',
    '\\n',
    'a\nb',
    'a\nb\n',
    'a\n\nb\n',
    '\na',
    'a\n',
    ' a\nb',
    'a \nb',
    'a\t\nb',
    'a\n\n',
    '\ta',
    'a\tb',
    '\n',
    'a\n  b\n',
    '# a\nb\n',
    '--- a\nb\n',
    'é',
    'ß',
    '🎉',
    '中文',
    'a'.repeat(500),
    `${'a '.repeat(200)}b`,
    '8Gi',
    '100m',
    '1M',
    '5E',
    '0.0',
    '0777',
    'e3',
    '1e',
    'infinity',
  ];

  test.each(NASTY.map((text) => [text]))('%j', (text) => {
    expectRoundTrip(text);
  });

  test('or are refused by the code of their character', () => {
    for (const character of [
      '\r',
      '\u0000',
      '\u0007',
      '\u001b',
      '\u007f',
      '\u0085',
      '\u2028',
      '\u2029',
      '\ufeff',
      '\ud800',
      '\udc00',
    ]) {
      expect(() => toYaml([{ a: `x${character}y` }])).toThrow(/the character U\+[0-9A-F]{4} in /);
    }
  });

  test('whatever they are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom(...NASTY.slice(0, 90)), maxLength: 4 }),
        ),
        (text) => {
          try {
            toYaml([text]);
          } catch (error) {
            expect(String(error)).toMatch(/the character U\+[0-9A-F]{4} in /);
            return;
          }
          expectRoundTrip(text);
        },
      ),
      { seed: 4, numRuns: 1000 },
    );
  });

  test('inside any structure', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: true } as fc.JsonSharedConstraints), (value) => {
        let text: string;
        try {
          text = toYaml([{ value }, { second: 1 }]);
        } catch (error) {
          expect(String(error)).toMatch(/cannot be carried|cannot carry/);
          return;
        }
        const documents = parseAllDocuments(text, { version: '1.1' }) as { toJS: () => KubernetesObject }[];
        expect(documents.map((document) => JSON.stringify(document.toJS()))).toEqual([
          JSON.stringify({ value }),
          '{"second":1}',
        ]);
      }),
      { seed: 5, numRuns: 1000 },
    );
  });

  /** As a value, as a key and in a list, for readers of both versions of YAML. */
  function expectRoundTrip(text: string) {
    const value = { text, list: [text, { text }], [`${text}`]: 1 };
    for (const version of ['1.1', '1.2'] as const) {
      expect(parse(toYaml([value]), { version, uniqueKeys: true, merge: version === '1.1' })).toEqual(value);
    }
  }
});
