/** The commands of this project that the documents show exist, with the options that they are given. */
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { createProgram } from '../../cli/program';
import { blocksOf, codeOf, DOCUMENTS, markdownFiles } from '../support/markdown';
import { commandsOf } from '../support/shell';

const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync('package.json', 'utf8'));
const program = createProgram({
  env: {},
  out: () => {},
  err: () => {},
  interruptible: () => Promise.reject(new Error('nothing is run here')),
});

/** Programs of others, which the documents assume. */
const OTHERS = [
  'minikube',
  'python3',
  'pip',
  'pytest',
  'python',
  'curl',
  'mc',
  'rclone',
  'cd',
  'mkdir',
  'rm',
  'base64',
  'cat',
  'echo',
  'export',
  'psql',
  'pg_restore',
  'mlflow',
];
/** What npm does by itself. */
const NPM = ['ci', 'init', 'install', 'pack', 'test'];

/** What is wrong with a command; nothing where it can be run. */
function faultOf(words: readonly string[]): string | undefined {
  const [name = '', ...rest] = words;
  const lost = rest.find((word) => /^(datascience|frontend|e2e|cli)(\/|$)/.test(word) && !existsSync(word));
  if (lost !== undefined) return `${lost} does not exist`;
  if (name === 'kubectl') return undefined; // kubectl.test.ts
  if (name === 'npm' && rest[0] === 'run') return scriptFault(rest.slice(1).filter((word) => word !== '--silent'));
  if (name === 'npm') return NPM.includes(rest[0] ?? '') ? undefined : `npm has no ${rest[0]} that the documents use`;
  if (name === 'npx') return npxFault(rest);
  return OTHERS.includes(name.replace('.venv/bin/', ''))
    ? undefined
    : `${name} is not a program that the documents use`;
}

function npxFault([name = '', ...args]: readonly string[]): string | undefined {
  if (name === 'ml-platform') return programFault(args);
  return existsSync(`node_modules/.bin/${name}`) ? undefined : `npx ${name}: not installed`;
}

/** `npm run NAME [-- ARGUMENT…]`. */
function scriptFault([name = '', ...args]: readonly string[]): string | undefined {
  const script = scripts[name];
  if (script === undefined) return `package.json has no script ${name}`;
  if (args.length > 0 && args[0] !== '--') return `npm run ${name}: npm takes ${args[0]} for itself without "--"`;
  const [, words] = /cli\/main\.ts (\w+(?: \w+)*)$/.exec(script) ?? [];
  return words === undefined ? undefined : programFault([...words.split(' '), ...args.slice(1)]);
}

/** The arguments of `ml-platform`, as far as can be told without running it. */
function programFault(args: readonly string[]): string | undefined {
  let command: Command = program;
  let rest = [...args];
  for (;;) {
    const next = command.commands.find((each) => each.name() === rest[0]);
    if (next === undefined) break;
    command = next;
    rest = rest.slice(1);
  }
  if (rest.includes('--help')) return undefined;
  const options = rest.filter((word) => /^--?\w/.test(word)).map((word) => word.replace(/=.*$/, ''));
  const unknown = options.find((word) => !command.options.some(({ long, short }) => [long, short].includes(word)));
  if (unknown !== undefined) return `ml-platform ${command.name()} has no ${unknown}`;
  const values = rest.filter((word, index) => !/^--?\w/.test(word) && !isOfOption(command, rest.slice(0, index)));
  const taken = command.registeredArguments;
  const required = taken.filter(({ required: needed }) => needed).length;
  if (command.commands.length > 0) return `ml-platform ${args.join(' ')}: names no command`;
  if (values.length < required) return `ml-platform ${command.name()} needs ${taken[values.length]?.name()}`;
  const most = taken.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : taken.length;
  return values.length > most ? `ml-platform ${command.name()} takes no "${values[most]}"` : undefined;
}

/** Whether the word after these is the value of an option: the first, or any of one that takes several. */
function isOfOption(command: Command, before: readonly string[]): boolean {
  const last = before.findLastIndex((word) => /^--?\w/.test(word));
  const option = command.options.find(({ long, short }) => [long, short].includes(before[last] ?? ''));
  return option?.required === true && (option.variadic || last === before.length - 1);
}

const blocks = DOCUMENTS.flatMap((file) =>
  blocksOf(file)
    .filter(({ language }) => language === 'bash' || language === 'sh')
    .flatMap(({ line, text }) => commandsOf(text).map((words) => [`${file}:${line}`, words] as const)),
);
/** Commands in the text of every document, e2e/ and the others included; `<env>` stands for a name. */
const inText = markdownFiles().flatMap((file) =>
  codeOf(readFileSync(file, 'utf8'))
    .filter((code) => /^(npm run \S|npx \S+ \S)/.test(code) && !/[…(]/.test(code))
    .map((code) => [file, code.replace(/<(\w+)>/g, '$1').split(' ')] as const),
);

test.each(blocks)('%s: %j', (_, words) => {
  expect(faultOf(words)).toBeUndefined();
});

test.each(inText)('%s, in the text: %j', (_, words) => {
  // A sentence may name a command without its arguments.
  expect(faultOf(words) ?? '').toMatch(/^$|^ml-platform \w+ needs /);
});

describe('a command', () => {
  test.each([
    ['npm run none', 'package.json has no script none'],
    ['npm run secrets minikube', 'npm run secrets: npm takes minikube for itself without "--"'],
    ['npm run secrets -- minikube --none', 'ml-platform secrets has no --none'],
    ['npm run secrets --', 'ml-platform secrets needs env'],
    ['npm run secrets -- minikube other', 'ml-platform secrets takes no "other"'],
    ['npm run secrets -- minikube --values x other', 'ml-platform secrets takes no "other"'],
    ['npx ml-platform none', 'ml-platform none: names no command'],
    ['npx ml-platform models', 'ml-platform models: names no command'],
    ['npx ml-platform models promote a --frm', 'ml-platform promote has no --frm'],
    ['npx none', 'npx none: not installed'],
    ['npm frobnicate', 'npm has no frobnicate that the documents use'],
    ['wget x', 'wget is not a program that the documents use'],
    ['python3 datascience/none.py', 'datascience/none.py does not exist'],
  ])('%s is refused', (command, fault) => {
    expect(faultOf(command.split(' '))).toBe(fault);
  });

  test.each([
    'npm run secrets -- minikube --existing -',
    'npm run models -- promote wine --from minikube --to production',
    'npx ml-platform synth minikube',
    'npx ml-platform deploy minikube --only 20-operators 30-data --yes',
    'npx cdk8s synth',
  ])('%s is accepted', (command) => {
    expect(faultOf(command.split(' '))).toBeUndefined();
  });
});
