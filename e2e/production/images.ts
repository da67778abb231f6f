/** The images that the nodes have: those that the environment names, those of the operators, and another name of MLflow's. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE } from '../../charts/images/catalogue';
import { type Environment, ofKind } from '../cluster/environments';
import { clusterImages } from '../database/images';
import { imagesOf } from '../node/image-names';
import { writeImages } from '../node/oci-images';
import { certManagerImages } from './cert-manager';
import type { ProductionProps } from './props';

/** What MLflow is rolled to: the same software under the tag of another release. */
export const OTHER_TAG = 'v3.17.1-full';

/** What clients run: MLflow's own image has its library, too. */
export const CLIENT_IMAGE = `${CATALOGUE.mlflow.repository}:${OTHER_TAG}`;

/** @returns an OCI layout, as a folder */
export function imagesOfProduction(props: ProductionProps, env: Environment): Promise<string> {
  const { project, parts, software } = props;
  const work = join(props.work, 'run');
  mkdirSync(work, { recursive: true });
  const names = [...imagesOf(env), CLIENT_IMAGE];
  const further = { ...clusterImages(props), ...certManagerImages(props.certManager, work) };
  return writeImages({ project, parts, software, work, names, further });
}

/** The store of the environment, which the bucket outside is of, too. */
export function storeImage(env: Environment): string {
  const [image] = JSON.stringify(ofKind(env, 'StatefulSet')).match(/(?<="image":")[^"]+/) ?? [];
  if (image === undefined) throw new Error(`${env.name} has no store`);
  return image;
}
