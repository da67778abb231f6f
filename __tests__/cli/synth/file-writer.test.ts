/** Files by the thousand, and what happens when the disk says no. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileWriter } from '../../../cli/synth/file-writer';
import { withFolder } from '../../support/environments';

const pathOf = (folder: string, index: number) => join(folder, `file-${index}`);

test.each([0, 1, 500, 501, 1234])('%i files are all there, each with its text, when it ends', (count) => {
  withFolder((folder) => {
    const writer = new FileWriter();
    for (let index = 0; index < count; index++) writer.write(pathOf(folder, index), `text ${index}`);
    writer.end();
    expect(readdirSync(folder)).toHaveLength(count);
    for (const index of [0, count - 1]) {
      if (count > 0) expect(readFileSync(pathOf(folder, index), 'utf8')).toBe(`text ${index}`);
    }
  });
});

test.each([0, 499, 500, 900])('a file that cannot be written, the one of index %i, is an error', (faulty) => {
  withFolder((folder) => {
    const writer = new FileWriter();
    const write = () => {
      for (let index = 0; index < 1000; index++) {
        writer.write(index === faulty ? join(folder, 'no/such/folder') : pathOf(folder, index), '');
      }
      writer.end();
    };
    expect(write).toThrow(/ENOENT.*no\/such\/folder/);
    writer.abandon();
  });
});
