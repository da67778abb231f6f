/**
 * A run that writes a folder and dies on the way: node replace-folder.cjs FOLDER VERSION COUNT MOMENT
 *
 * MOMENT is where it kills itself, as `kill -9` or a power cut would: "file N" while it makes the Nth file, "before
 * rename N" or "after rename N" around the Nth renaming, "link N" after it has taken over the Nth unchanged file, or
 * "never". On standard output it says when it begins.
 */
import fs, { writeSync } from 'node:fs';
import { replaceFolder } from '../../cli/synth/output-folder';
import { outputs } from './outputs';

const [folder = '', version = '', count = '0', moment = 'never'] = process.argv.slice(2);

function reach(now: string): void {
  if (now === moment) process.kill(process.pid, 'SIGKILL');
}

const { renameSync } = fs;
let renames = 0;
fs.renameSync = (...paths) => {
  renames++;
  reach(`before rename ${renames}`);
  renameSync(...paths);
  reach(`after rename ${renames}`);
};

const { linkSync } = fs;
let links = 0;
fs.linkSync = (...paths) => {
  linkSync(...paths);
  links++;
  reach(`link ${links}`);
};

function* watched() {
  let made = 0;
  writeSync(1, 'begun\n');
  for (const output of outputs(version, Number(count))) {
    made++;
    reach(`file ${made}`);
    yield output;
  }
}

void replaceFolder(folder, watched());
