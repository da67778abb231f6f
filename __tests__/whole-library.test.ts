/** What Jest keeps of a library must not outlive its release. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withFolder } from './support/environments';

const { getCacheKey }: { getCacheKey(source: string, path: string, options: object): string } =
  jest.requireActual('./support/whole-library.cjs');

test('another release of what is installed is bundled anew, though the first file of the library is the same', () =>
  withFolder((rootDir) => {
    mkdirSync(join(rootDir, 'node_modules'));
    const keyWith = (installed: string) => {
      writeFileSync(join(rootDir, 'node_modules/.package-lock.json'), installed);
      return getCacheKey('exports.all = 1;', 'index.cjs', { config: { rootDir } });
    };
    expect(keyWith('{"library": "1.0"}')).toBe(keyWith('{"library": "1.0"}'));
    expect(keyWith('{"library": "1.1"}')).not.toBe(keyWith('{"library": "1.0"}'));
  }));
