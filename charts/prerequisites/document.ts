/** PREREQUISITES.md of an environment: what its cluster must have before it is applied. */
import type { PlatformConfig } from '../config';
import { IN_CLUSTER } from '../delivery/config';
import type { Component } from '../lib/component';
import type { Prerequisite } from '../lib/prerequisite';
import { DEMANDS, type DemandName } from '../production/config';
import { PREREQUISITES } from './catalogue';

export const PREREQUISITES_FILE = 'PREREQUISITES.md';

/** @returns undefined where the environment needs nothing, and does without nothing */
export function prerequisitesDocument(
  { environment, accepted, delivery }: Pick<PlatformConfig, 'environment' | 'accepted' | 'delivery'>,
  components: readonly Pick<Component, 'prerequisites'>[],
): string | undefined {
  const needed = [...components.flatMap(({ prerequisites }) => prerequisites), ...deploying(delivery)];
  const each = [...new Map(needed.map((prerequisite) => [prerequisite.name, prerequisite])).values()];
  const sorted = each.sort((one, other) => position(one) - position(other));
  const without = Object.entries(accepted) as [DemandName, string][];
  if (sorted.length === 0 && without.length === 0) return undefined;
  return [
    '<!-- Rendered from environments/ by "ml-platform synth"; do not edit. -->',
    `# Before ${environment} is applied`,
    ...(sorted.length === 0 ? [] : ['', ...install(sorted)]),
    ...(without.length === 0 ? [] : ['', ...doneWithout(without)]),
    '',
  ].join('\n');
}

/** Whoever deploys the environment, where that runs in the same cluster. */
const deploying = ({ argoCd, flux }: PlatformConfig['delivery']): Prerequisite[] => [
  ...(argoCd?.server === IN_CLUSTER ? [PREREQUISITES.argoCd] : []),
  ...(flux ? [PREREQUISITES.flux] : []),
];

const ORDER: readonly string[] = Object.values(PREREQUISITES).map(({ name }) => name);

/** Where it is in the catalogue; what is not in it comes first. */
const position = ({ name }: Prerequisite) => ORDER.indexOf(name);

const install = (all: readonly Prerequisite[]) => [
  'The cluster must have these. The versions are those that the platform is tested with; newer ones that serve the same API do',
  'as well. If your cluster has one already, leave it as it is. The others are installed in this order, each once the pods of',
  'the one before it are ready.',
  '',
  '| what | version | API | what for |',
  '| --- | --- | --- | --- |',
  ...all.map(({ name, version, api, purpose }) => `| ${name} | ${version} | \`${api}\` | ${purpose} |`),
  '',
  '```bash',
  ...all.map(({ install: command }) => command),
  '```',
];

const doneWithout = (accepted: readonly (readonly [DemandName, string])[]) => [
  '## What it does without',
  '',
  '| demanded of production | why it is not so here |',
  '| --- | --- |',
  ...accepted.map(([name, reason]) => `| ${DEMANDS[name]} | ${oneLine(reason)} |`),
];

const oneLine = (text: string) => text.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');
