/** The rules of the models of teams, which need the settings of the teams. */
import type { Fault } from '../config/problems';
import { PLATFORM_FILE } from '../config/read';
import type { PlatformSettings } from './config';
import type { ModelConfig } from './models/join-lock';

/** A folder of nobody. */
export function folderFaults({ team, name }: ModelConfig, { teams }: PlatformSettings): Fault[] {
  if (team === undefined || teams.some((candidate) => candidate.name === team)) return [];
  const known = teams.map((candidate) => candidate.name).join(', ');
  const message = `lies in models/${team}/, and ${PLATFORM_FILE} has no team ${team}${known && `; it has ${known}`}; move it to models/${name}.yaml, or add teams: [{name: ${team}, group: ${team}-team}]`;
  return [{ path: [], message }];
}

/** What only models of the platform's own namespace have. */
export function teamModelFaults({ team, detector, batch, public: isPublic, groups }: ModelConfig): Fault[] {
  if (team === undefined) return [];
  const message = 'is for models of the platform itself, in models/; remove it, or move the file';
  return Object.entries({ detector, batch, public: isPublic, groups })
    .filter(([, value]) => value)
    .map(([field]) => ({ path: [field], message }));
}
