/** The command `ml-platform` of a clone. */
import { runCommand } from './command';
import { runProgram } from './program';
import { terminalOf } from './terminal';

void runCommand(() => runProgram(process.argv.slice(2), terminalOf(process)));
