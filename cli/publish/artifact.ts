/** An environment as an OCI artifact: https://fluxcd.io/flux/components/source/ocirepositories/ */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../images/registry';
import { filesBelow } from '../synth/changes';
import { archive } from './tar';

// As "flux push artifact" has them.
const CONFIG = 'application/vnd.cncf.flux.config.v1+json';
const CONTENT = 'application/vnd.cncf.flux.content.v1.tar+gzip';

/** The list of checksums, at the root of the artifact, as "sha256sum --check" reads it. */
const CHECKSUMS = 'SHA256SUMS';

export interface Artifact {
  readonly blobs: readonly Buffer<ArrayBuffer>[];
  readonly manifest: Buffer<ArrayBuffer>;
  readonly files: number;
}

/**
 * The files of dist/<env>, below that path, as in the repository. The same files give the same artifact.
 * @param dist the folder that has the environment's
 */
export function artifactOf(environment: string, dist: string): Artifact {
  const paths = filesBelow(join(dist, environment)).sort();
  const files = new Map(
    paths.map((path) => [`dist/${environment}/${path}`, readFileSync(join(dist, environment, path))] as const),
  );
  const sums = [...files].map(([path, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${path}\n`);
  const content = archive(new Map([...files, [CHECKSUMS, Buffer.from(sums.join(''))]]));
  const config = Buffer.from('{}');
  const blob = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: digestOf(bytes), size: bytes.length });
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: blob(CONFIG, config),
    layers: [blob(CONTENT, content)],
    annotations: {
      'org.opencontainers.image.title': `${environment} of ml-platform`,
    },
  };
  return { blobs: [config, content], manifest: Buffer.from(JSON.stringify(manifest)), files: files.size };
}
