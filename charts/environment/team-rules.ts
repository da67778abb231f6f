/** The rules of the models of teams, which need the settings of the teams. */
import type { Fault } from '../../config/problems';
import { PLATFORM_FILE } from '../../config/read';
import { modelsHost } from '../access/config';
import type { PlatformSettings } from '../config';
import type { ModelConfig } from '../models/join-lock';

/** A folder of nobody. */
export function folderFaults({ team, name }: ModelConfig, { teams }: PlatformSettings): Fault[] {
  if (team === undefined || teams.some((candidate) => candidate.name === team)) return [];
  const known = teams.map((candidate) => candidate.name).join(', ');
  const message = `lies in models/${team}/, and ${PLATFORM_FILE} has no team ${team}${known && `; it has ${known}`}; move it to models/${name}.yaml, or add teams: [{name: ${team}, group: ${team}-team}]`;
  return [{ path: [], message }];
}

/** Reports of a team where MLflow asks nobody who calls: what may write them, may change what others have there. */
export function teamModelFaults({ team, quality }: ModelConfig, { mlflow }: PlatformSettings): Fault[] {
  if (team === undefined || !quality || mlflow.auth !== 'none') return [];
  const message = `is written to MLflow, which has no users, so that a program of ${team} could change what others have there; set mlflow.auth: basic in ${PLATFORM_FILE}, or remove it`;
  return [{ path: ['quality'], message }];
}

/** Groups that nobody asks for, or that the issuer may not give: who comes in by an address alone is in none. */
export function teamCallersFaults({ access, teams }: PlatformSettings): Fault[] {
  const asking = access.kind !== 'none' && access.models.enabled ? access.signIn : undefined;
  return teams.flatMap(({ name, group, callers }, index) => {
    const path = ['teams', index, 'callers'];
    if (callers && !asking) {
      const message = 'means nothing without a sign-in in front of the models; add access.signIn, or remove it';
      return [{ path, message }];
    }
    if (callers || !asking || asking.groups.length > 0) return [];
    const message = `is absent, and access.signIn knows no groups; say which group of the issuer may call the models of ${name} from outside, such as ["${group}"], or set access.models.enabled: false`;
    return [{ path, message }];
  });
}

/** Something else at the host of a team's models. */
export function teamHostFaults({ access, teams, frontend }: PlatformSettings): Fault[] {
  if (access.kind === 'none' || !access.models.enabled) return [];
  const { mlflow, models, console, s3 } = access;
  const hosts = { mlflow, models, console, s3, ...(frontend.enabled && { frontend: access.frontend }) };
  return teams.flatMap(({ name }, index) => {
    const host = modelsHost(access, name);
    const [other] = Object.entries(hosts).find((entry) => entry[1].enabled && entry[1].host === host) ?? [];
    if (other === undefined) return [];
    const message = `is ${name}, whose models have the host ${host}, which is that of access.${other} too; give one of the two another name`;
    return [{ path: ['teams', index, 'name'], message }];
  });
}
