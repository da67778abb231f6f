/** Copies folders file by file: node copy.mjs TARGET FOLDER... What Node.js takes for so many files, where nothing is made of them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const copy = (from, to) => {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, copied] = [`${from}/${entry.name}`, `${to}/${entry.name}`];
    if (entry.isDirectory()) copy(source, copied);
    else writeFileSync(copied, readFileSync(source));
  }
};
const [target, ...folders] = process.argv.slice(2);
for (const folder of folders) copy(folder, join(target, basename(folder)));
