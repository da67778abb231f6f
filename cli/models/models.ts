/** `ml-platform models`. */
import type { Command } from 'commander';
import { examples } from '../help';
import type { Terminal } from '../terminal';
import { addImport } from './import/import';
import { addPromote } from './promote';
import { addResolve } from './resolve';

export function addModels(program: Command, terminal: Terminal): void {
  const models = program
    .command('models')
    .summary('resolve, promote and import models')
    .description(
      'Keeps which files the name of a model stands for, in models.lock.yaml of each environment, and makes model files of SeldonDeployments.',
    )
    .helpCommand(false)
    .addHelpText('after', examples('npx ml-platform models resolve minikube'));
  addResolve(models, terminal);
  addPromote(models, terminal);
  addImport(models, terminal);
}
