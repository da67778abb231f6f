/** `ml-platform doctor`. */
import { type Command, Option } from 'commander';
import { type ClusterOptions, Kubectl } from '../cluster/kubectl';
import { addClusterOptions } from '../cluster/options';
import { readRendered } from '../cluster/rendered';
import { examples } from '../help';
import type { Terminal } from '../terminal';
import { checkPodSecurity, checkRights, checkSecrets } from './access';
import { checkDatabase } from './cloud-native-pg';
import type { Check, Finding, Patient } from './finding';
import { checkMetrics } from './metrics';
import { checkDns, checkPolicyEngine } from './policies';
import { checkArchitecture, checkRoom } from './room';
import { checkStorage } from './storage';
import { checkTypes } from './types';
import { checkVersion } from './version';

/** Each is a question that a cluster may answer badly before anything is applied to it. */
const CHECKS: Readonly<Record<string, Check>> = {
  version: checkVersion,
  types: checkTypes,
  rights: checkRights,
  secrets: checkSecrets,
  storage: checkStorage,
  room: checkRoom,
  metrics: checkMetrics,
  database: checkDatabase,
  architecture: checkArchitecture,
  'pod security': checkPodSecurity,
  policies: checkPolicyEngine,
  dns: checkDns,
};

interface Options extends ClusterOptions {
  readonly output: 'text' | 'json';
}

type Named = Finding & { readonly check: string };

export function addDoctor(program: Command, terminal: Terminal): void {
  const command = program
    .command('doctor')
    .summary('say what a cluster lacks for dist/<env>')
    .description(
      'Asks a cluster, before anything is applied to it, whether it has what dist/<env> needs: ' +
        `${Object.keys(CHECKS).join(', ')}. It changes nothing. Exit code 1 where there is a fault.`,
    )
    .argument('<env>', 'the environment, a folder of dist/')
    .addOption(new Option('--output <format>', 'the form').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      examples('npx ml-platform doctor minikube', 'npx ml-platform doctor minikube --context prod'),
    );
  addClusterOptions(command).action(async (name: string, options: Options) => {
    const environment = readRendered(name);
    const findings = await terminal.interruptible((interruption) =>
      examine({ kubectl: new Kubectl(terminal.env, options, interruption), environment }),
    );
    if (options.output === 'json') terminal.out(`${JSON.stringify({ environment: name, findings }, undefined, 2)}\n`);
    else for (const finding of findings) terminal.out(describe(finding));
    const faults = findings.filter(({ level }) => level === 'fault').length;
    if (faults > 0)
      throw new Error(`${faults} ${faults === 1 ? 'fault' : 'faults'}: ${environment.folder} will not run`);
  });
}

async function examine(patient: Patient): Promise<readonly Named[]> {
  const findings: Named[] = [];
  for (const [name, check] of Object.entries(CHECKS)) {
    for (const finding of await attempt(check, patient)) findings.push({ check: name, ...finding });
  }
  return findings;
}

/** A check that the caller may not make says nothing of the others. The first one fails where there is no cluster. */
async function attempt(check: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await check(patient);
  } catch (error) {
    if (check === checkVersion || patient.kubectl.interruption.aborted || !(error instanceof Error)) throw error;
    return [{ level: 'warning', text: `cannot be judged: ${error.message}`, remedy: 'ask somebody who may look' }];
  }
}

function describe({ level, check, text, remedy }: Named): string {
  return `${level.padEnd(8)}${check}: ${text}\n${remedy === undefined ? '' : `${' '.repeat(8)}-> ${remedy}\n`}`;
}
