/** `ml-platform import`. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { toYaml } from '../charts/lib/yaml';
import { SELDON_CRD, seldonCrd } from '../charts/seldon/crd';
import { examples } from './help';
import type { Terminal } from './terminal';

export function addImport(program: Command, terminal: Terminal): void {
  program
    .command('import')
    .summary('write the SeldonDeployment type to crds/')
    .description(
      'Writes the definition that the cluster gets to crds/, where "cdk8s import" reads it. Only a clone of the project ' +
        'has this command.',
    )
    .addHelpText('after', examples('npm run import   # and then "cdk8s import", which writes imports/'))
    .action(() => {
      const file = `crds/${SELDON_CRD}.yaml`;
      const header = '# Written by "npm run import" from charts/seldon/crd.ts; do not edit.\n';
      writeFileSync(file, header + toYaml([seldonCrd()]));
      terminal.out(`wrote ${file}\n`);
    });
}
