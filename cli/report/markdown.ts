/** A report as Markdown, for the comment on a pull request. */

import { formatCpu, formatMemory } from '../../charts/lib/quantity';
import type { Capacity } from '../../charts/rendering/capacity';
import { markdownTable } from '../docs/markdown';
import { versionName } from '../models/lock-file';
import { comparisonTable } from '../models/report';
import type { EnvironmentChange } from './compare';
import { describeChange, fieldChanges } from './fields';
import { codeOf, type Finding, KINDS } from './finding';
import type { ModelChange } from './models';
import type { Pair } from './objects';
import type { Restart } from './restarts';
import { type ImageChange, imageChanges, secretChanges } from './uses';

/** A comment on GitHub has room for 65,536 characters: lists end after so many lines, and say how many more there are. */
const LINES = 40;
const FIELDS = 4;
const MODELS = 10;

/**
 * @param acknowledged codes of findings
 * @returns the same text for the same trees
 */
export function reportMarkdown(changes: readonly EnvironmentChange[], acknowledged: ReadonlySet<string>): string {
  if (changes.length === 0) return '# What changes in the cluster\n\nNothing: what is applied is the same.\n';
  return [
    '# What changes in the cluster\n',
    totals(changes),
    ...decisions(
      changes.flatMap(({ findings }) => findings),
      acknowledged,
    ),
    ...changes.flatMap(environmentSection),
  ].join('\n');
}

function totals(changes: readonly EnvironmentChange[]): string {
  return markdownTable(
    ['environment', 'added', 'changed', 'removed', 'start anew', 'CPU', 'memory', 'volumes'],
    changes.map(({ environment, pairs, restarts, capacity }) => [
      environment,
      ...[isAdded, isChanged, isRemoved].map((is) => String(pairs.filter(is).length)),
      String(restarts.length),
      ...amounts(capacity),
    ]),
  );
}

const isAdded = ({ before }: Pair) => before === undefined;
const isRemoved = ({ after }: Pair) => after === undefined;
const isChanged = (pair: Pair) => !isAdded(pair) && !isRemoved(pair);

const amounts = ({ cpu, memory, storage }: Capacity) => [
  signed(cpu, formatCpu),
  signed(memory, formatMemory),
  signed(storage, formatMemory),
];
const signed = (value: number, format: (value: number) => string) => {
  // Sums of thousandths are not exact.
  if (Math.abs(value) < 1e-6) return '';
  return `${value > 0 ? '+' : '-'}${format(Math.abs(value))}`;
};

/** What somebody has to take a decision about. */
function decisions(findings: readonly Finding[], acknowledged: ReadonlySet<string>): string[] {
  if (findings.length === 0) return ['Nothing to decide: no data, no downtime, no further access.\n'];
  const open = findings.filter((finding) => !acknowledged.has(codeOf(finding))).map(codeOf);
  return [
    `## To decide: ${findings.length}\n`,
    ...Object.entries(KINDS).flatMap(([kind, words]) => {
      const own = findings.filter((finding) => finding.kind === kind);
      if (own.length === 0) return [];
      return [`**${kind}**: ${words}\n`, ...own.map((finding) => decision(finding, acknowledged)), ''];
    }),
    open.length === 0
      ? 'All of them are acknowledged.\n'
      : `Whoever has decided that it is right puts this line into the text of the pull request:\n\n\`\`\`\nAcknowledged: ${open.join(', ')}\n\`\`\`\n`,
  ];
}

function decision(finding: Finding, acknowledged: ReadonlySet<string>): string {
  const { environment, title, text, wayOut } = finding;
  const code = codeOf(finding);
  const box = acknowledged.has(code) ? 'x' : ' ';
  return `- [${box}] \`${code}\` ${environment}: ${plain(title)}: ${plain(text)}${wayOut ? `. Way out: ${wayOut}` : ''}`;
}

function environmentSection({ environment, pairs, restarts, models }: EnvironmentChange): string[] {
  const secrets = pairs.flatMap(secretChanges);
  const sections = [
    list('Pods that start anew', restarts, restartLine),
    list('Images', imageChanges(pairs), imageLine),
    list('Secrets', secrets, (line) => `- ${plain(line)}`),
    list('Models', models, (model, index) => (index < MODELS ? modelDetails(model) : modelLine(model))),
    list('Added', pairs.filter(isAdded), ({ title }) => `- ${title}`),
    list('Removed', pairs.filter(isRemoved), ({ title }) => `- ${title}`),
    list('Changed', pairs.filter(isChanged), changeLine),
  ];
  return [`## ${environment}\n`, ...sections.flat()];
}

/** A list that is folded until somebody wants to read it; nothing where it is empty. */
function list<T>(title: string, items: readonly T[], line: (item: T, index: number) => string): string[] {
  if (items.length === 0) return [];
  const shown = items.length > LINES ? LINES - 1 : LINES;
  const rest = items.length - shown;
  return [
    `<details><summary>${title}</summary>\n`,
    ...items.slice(0, shown).map(line),
    ...(rest > 0 ? [`- and ${rest} more`] : []),
    '\n</details>\n',
  ];
}

function restartLine({ title, reasons, manner }: Restart): string {
  const told = some(reasons());
  return `- ${title}: ${manner}${told === '' ? '' : `: ${told}`}`;
}

const changeLine = ({ title, before, after }: Pair) =>
  `- ${title}: ${some(fieldChanges(before, after).map(describeChange))}`;

/** The first of many, on one line. */
function some(items: readonly string[]): string {
  const rest = items.length > FIELDS ? ` and ${items.length - FIELDS} more` : '';
  return items.slice(0, FIELDS).map(code).join(', ') + rest;
}

function imageLine({ repository, before, after, objects }: ImageChange): string {
  const versions = [before, after].map((all) => all.map(code).join(', ') || 'none').join(' → ');
  return `- ${repository}: ${versions}, in ${objects} ${objects === 1 ? 'object' : 'objects'}`;
}

const modelLine = ({ name, after }: ModelChange) => `- ${name}: ${after ? versionName(after) : 'no longer resolved'}`;

/** The versions side by side, and what changes for callers. */
function modelDetails(change: ModelChange): string {
  const { before, after, signature } = change;
  if (after === undefined) return modelLine(change);
  const table = comparisonTable(['before', 'after'], before, after).trimEnd().replaceAll(/^/gm, '  ');
  const changes = signature.map(({ text, breaks }) => `  - ${breaks ? '**breaks callers**: ' : ''}${plain(text)}`);
  return [modelLine(change), '', table, ...(changes.length > 0 ? ['', ...changes] : [])].join('\n');
}

/** Text of somebody else's that is not to be read as Markdown: names, values, images. */
const code = (text: string) => `\`${text.replaceAll('`', "'")}\``;
const plain = (text: string) => text.replace(/[<>|`*_[\]]/g, (letter) => `\\${letter}`);
