/** `ml-platform status`. */
import { type Command, Option } from 'commander';
import { type ClusterOptions, Kubectl } from '../cluster/kubectl';
import { addClusterOptions } from '../cluster/options';
import { readRendered } from '../cluster/rendered';
import { examples } from '../help';
import type { Terminal } from '../terminal';
import { type Finding, statusOf } from './status';

interface Options extends ClusterOptions {
  readonly output: 'text' | 'json';
}

export function addStatus(program: Command, terminal: Terminal): void {
  const command = program
    .command('status')
    .summary('say what in a cluster is not as dist/<env> says')
    .description(
      'Compares a cluster with dist/<env>, and changes nothing: what is missing, which fields differ, what is not ready, ' +
        'and what left dist/ and is still there. Exit code 1 where there is anything.',
    )
    .argument('<env>', 'the environment, a folder of dist/')
    .addOption(new Option('--output <format>', 'the form').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      examples('npx ml-platform status minikube', 'npx ml-platform status minikube --output json | jq .findings'),
    );
  addClusterOptions(command).action(async (name: string, options: Options) => {
    const environment = readRendered(name);
    const count = environment.objects.length;
    const findings = await terminal.interruptible((interruption) =>
      statusOf(new Kubectl(terminal.env, options, interruption), environment),
    );
    if (options.output === 'json') {
      terminal.out(`${JSON.stringify({ environment: name, objects: count, findings }, undefined, 2)}\n`);
    } else {
      for (const finding of findings) terminal.out(`${describe(finding)}\n`);
      if (findings.length === 0) terminal.out(`${count} objects are as ${environment.folder} says, and ready\n`);
    }
    if (findings.length === 0) return;
    throw new Error(
      `${findings.length} ${findings.length === 1 ? 'thing is' : 'things are'} not as ${environment.folder} says`,
    );
  });
}

function describe({ stage, object: { kind, namespace, name }, state, text }: Finding): string {
  const where = stage === undefined ? '' : `${stage}: `;
  return `${where}${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}: ${state}: ${text}`;
}
