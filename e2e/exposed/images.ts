/** The images that the node has: those that the environment names, and those of what leads into the cluster. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../cluster/environments';
import { imagesOf } from '../node/image-names';
import { type FurtherImage, writeImages } from '../node/oci-images';
import { certManagerImages } from '../production/cert-manager';
import { type StandIn, signInStandIn } from '../software/stand-ins';
import type { ExposedProps } from './props';

export const TRAEFIK_IMAGE = 'docker.io/library/traefik:e2e';
/** Has Python. */
const MLFLOW = 'ghcr.io/mlflow/mlflow:';

/** @returns an OCI layout, as a folder */
export function imagesOfExposed(props: ExposedProps, env: Environment): Promise<string> {
  const { project, parts, software, signIn, certManager } = props;
  const work = join(props.work, 'run');
  mkdirSync(work, { recursive: true });
  const [repository, standIn] = signInStandIn(project, software, signIn, work);
  const all = imagesOf(env);
  const proxies = all.filter((name) => name.startsWith(`${repository}:`));
  const further = {
    ...certManagerImages(certManager, work),
    ...Object.fromEntries(proxies.map((name) => [name, furtherOf(standIn)])),
    [TRAEFIK_IMAGE]: traefikImage(props, work),
  };
  const names = all.filter((name) => !proxies.includes(name));
  return writeImages({ project, parts, software, work, names, further });
}

/** What pods of clients run. */
export function clientImage(env: Environment): string {
  const found = imagesOf(env).find((name) => name.startsWith(MLFLOW));
  if (found === undefined) throw new Error(`${env.name} has no MLflow`);
  return found;
}

const furtherOf = ({ layer, entrypoint, user, software, env }: StandIn): FurtherImage => ({
  folder: layer,
  software: [software],
  entrypoint,
  user,
  path: env.PATH,
});

function traefikImage({ traefik }: ExposedProps, work: string): FurtherImage {
  const folder = join(work, 'layers/traefik');
  mkdirSync(folder, { recursive: true });
  cpSync(traefik.program, join(folder, 'traefik'));
  return { folder, entrypoint: ['/traefik'], user: '65532' };
}
