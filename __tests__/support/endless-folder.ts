/** A run that writes a folder and never comes to an end by itself: node endless-folder.cjs FOLDER */
import { writeSync } from 'node:fs';
import { runCommand } from '../../cli/command';
import { replaceFolder } from '../../cli/synth/output-folder';
import { terminalOf } from '../../cli/terminal';

function* endless() {
  writeSync(1, 'begun\n');
  for (let file = 0; ; file++) {
    const start = performance.now();
    // Work that never waits, as rendering is.
    while (performance.now() - start < 1);
    yield { path: `${file}.yaml`, text: 'new' };
  }
}

void runCommand(() =>
  terminalOf(process).interruptible((interruption) =>
    replaceFolder(process.argv[2] ?? '', endless(), { interruption }),
  ),
);
