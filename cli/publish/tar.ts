/** Files as an archive that is the same whenever and wherever it is made: no owner, no time, in the order of their names. */
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** A gzipped archive in the ustar format: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 */
export function archive(files: ReadonlyMap<string, Buffer>): Buffer<ArrayBuffer> {
  const blocks = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([path, content]) => entry(path, content));
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
}

function entry(path: string, content: Buffer): Buffer[] {
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return [header(path, content.length), content, padding];
}

/** @throws Error where the path is too long for the format */
function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const { prefix, name } = parts(path);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  const fields: readonly (readonly [offset: number, text: string])[] = [
    [0, name],
    [100, octal(0o644, 8)],
    [108, octal(0, 8)],
    [116, octal(0, 8)],
    [124, octal(size, 12)],
    [136, octal(0, 12)],
    [148, ' '.repeat(8)],
    [156, '0'],
    [257, 'ustar\x0000'],
    [345, prefix],
  ];
  for (const [offset, text] of fields) block.write(text, offset, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** The format has 100 bytes for the end of a path, and 155 for what is before a slash in it. */
function parts(path: string): { prefix: string; name: string } {
  if (path.length <= 100) return { prefix: '', name: path };
  const slash = path.indexOf('/', path.length - 101);
  if (slash < 0 || slash > 155) throw new Error(`${path}: is too long for an archive`);
  return { prefix: path.slice(0, slash), name: path.slice(slash + 1) };
}
