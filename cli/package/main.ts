/** The command `ml-platform` of the installed package, which has no sources to work on. */
import { runCommand } from '../command';
import { PACKAGED, runProgram } from '../program';
import { terminalOf } from '../terminal';

void runCommand(() => runProgram(process.argv.slice(2), terminalOf(process), PACKAGED));
