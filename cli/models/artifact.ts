/** Reads the files of a model through the tracking server: what they are, and a digest of all of them. */
import { createHash } from 'node:crypto';
import type { Signature } from '../../charts/models/lock';
import { MlflowError, type MlflowServer } from './mlflow';
import { type Mlmodel, parseMlmodel, withExample } from './mlmodel';
import { REQUIREMENTS, type Requirements, readRequirements } from './requirements';

export interface Artifact {
  /** SHA-256 over the path and content of every file. */
  readonly digest: string;
  /** Paths below the model's folder, sorted. */
  readonly files: readonly string[];
  readonly bytes: number;
  /** Absent for files that MLflow did not save. */
  readonly mlmodel?: Mlmodel;
  readonly signature?: Signature;
  /** What it was saved with, as far as its files say. */
  readonly saved?: Requirements;
}

/** No MLmodel file or input example worth keeping is longer. */
const KEPT_BYTES = 4 * 1024 * 1024;

/**
 * @param folder in the artifact store, such as "1/models/m-0123/artifacts"
 * @throws MlflowError when nothing is there, or when MLmodel cannot be read
 */
export async function readArtifact(server: MlflowServer, folder: string): Promise<Artifact> {
  const files = (await listAll(server, folder)).sort();
  if (files.length === 0) throw new MlflowError(`there are no files at ${folder} in the artifact store`);
  const all = createHash('sha256');
  const texts = new Map<string, string>();
  let bytes = 0;
  for (const path of files) {
    const one = createHash('sha256');
    const chunks: Uint8Array[] = [];
    const keep = ['MLmodel', ...REQUIREMENTS].includes(path) || path.endsWith('.json');
    let size = 0;
    for await (const chunk of server.read(`${folder}/${path}`)) {
      one.update(chunk);
      size += chunk.length;
      if (keep && size <= KEPT_BYTES) chunks.push(chunk);
    }
    if (keep && size <= KEPT_BYTES) texts.set(path, Buffer.concat(chunks).toString('utf8'));
    bytes += size;
    all.update(`${one.digest('hex')}  ${path}\n`);
  }
  const content = { digest: `sha256:${all.digest('hex')}`, files, bytes, saved: readRequirements(texts) };
  const text = texts.get('MLmodel');
  return text === undefined ? content : { ...content, ...described(folder, text, texts) };
}

function described(folder: string, text: string, texts: ReadonlyMap<string, string>) {
  let mlmodel: Mlmodel;
  try {
    mlmodel = parseMlmodel(text);
  } catch {
    throw new MlflowError(`the file ${folder}/MLmodel is not as MLflow writes it`);
  }
  const { signature, example } = mlmodel;
  const row = example === undefined ? undefined : texts.get(example);
  if (!signature || row === undefined) return { mlmodel, ...(signature ? { signature } : {}) };
  try {
    return { mlmodel, signature: withExample(signature, row) };
  } catch {
    // The example only fills in a form: a model with an odd one is as good.
    return { mlmodel, signature };
  }
}

/** Every file below a folder, by its path there. */
async function listAll(server: MlflowServer, folder: string, below = ''): Promise<string[]> {
  const found: string[] = [];
  for (const { path, is_dir } of await server.list(folder)) {
    if (path === '' || path.split('/').includes('..'))
      throw new MlflowError(`the artifact store lists a file "${path}"`);
    if (is_dir) found.push(...(await listAll(server, `${folder}/${path}`, `${below}${path}/`)));
    else found.push(`${below}${path}`);
  }
  return found;
}
