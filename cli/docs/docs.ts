/** npm run docs: writes what follows from the code: the JSON Schemas of the environment files, and README's tables. */
import { readFileSync, writeFileSync } from 'node:fs';
import { documentation } from './documentation';

for (const [file, text] of Object.entries(documentation((path) => readFileSync(path, 'utf8')))) {
  writeFileSync(file, text);
  console.log(`wrote ${file}`);
}
