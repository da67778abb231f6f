/** The images that the nodes have: those that the environment names, those of the operators, and MLflow of another release. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE } from '../../charts/images/catalogue';
import { type Environment, ofKind } from '../cluster/environments';
import { clusterImages } from '../database/images';
import { imagesOf } from '../node/image-names';
import { type FurtherImage, writeImages } from '../node/oci-images';
import { inContainer } from '../software/stand-ins';
import { certManagerImages } from './cert-manager';
import type { ProductionProps } from './props';

/** What MLflow is rolled to: a release that e2e/software/python/other-mlflow.txt has. */
export const OTHER_RELEASE = '3.17.1';
export const OTHER_TAG = `v${OTHER_RELEASE}-full`;

/** What clients run: MLflow's own image has its library, too. */
export const CLIENT_IMAGE = `${CATALOGUE.mlflow.repository}:${OTHER_TAG}`;

/** @returns an OCI layout, as a folder */
export function imagesOfProduction(props: ProductionProps, env: Environment): Promise<string> {
  const { project, parts, software } = props;
  const work = join(props.work, 'run');
  mkdirSync(work, { recursive: true });
  const further = {
    ...clusterImages(props),
    ...certManagerImages(props.certManager, work),
    [CLIENT_IMAGE]: otherMlflow(props, work),
  };
  return writeImages({ project, parts, software, work, names: imagesOf(env), further });
}

/** As the image of the release that the environment names. */
function otherMlflow({ software, mlflow }: ProductionProps, work: string): FurtherImage {
  const folder = join(work, 'layers/other-mlflow');
  mkdirSync(join(folder, 'etc'), { recursive: true });
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  return {
    folder,
    software: [software.tracking, mlflow],
    path: `${inContainer(software, software.tracking)}/bin:/usr/local/bin:/usr/bin:/bin`,
    env: { LANG: 'C.UTF-8', PYTHONPATH: inContainer(software, mlflow) },
  };
}

/** The store of the environment, which the bucket outside is of, too. */
export function storeImage(env: Environment): string {
  const [image] = JSON.stringify(ofKind(env, 'StatefulSet')).match(/(?<="image":")[^"]+/) ?? [];
  if (image === undefined) throw new Error(`${env.name} has no store`);
  return image;
}
