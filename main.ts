/** The app that `cdk8s synth` runs, by cdk8s.yaml: it renders every environment below environments/ into dist/. */
import { runCommand } from './cli/command';
import { synthForCdk8s } from './cli/synth/cdk8s';
import { terminalOf } from './cli/terminal';

void runCommand(async () => {
  await synthForCdk8s(terminalOf(process));
  return 0;
});
