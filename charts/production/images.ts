/** Images that run without being named by their digest: the same tag may lead to others tomorrow. */
import type { Fault } from '../../config/problems';
import type { PlatformConfig } from '../config';
import type { ImageName } from '../images/catalogue';
import type { Images } from '../images/resolve';
import { podTemplateOf, type WorkloadJson } from '../lib/workload-json';
import { composePlatform, imagesFor, objectsOf } from '../platform';
import { expand } from '../seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../seldon/expansion/seldon-json';

const DIGEST = /@sha256:[0-9a-f]{64}$/;

export const hasDigest = (reference: string) => DIGEST.test(reference);

/** A command that prints the digest that a reference leads to now. */
export const digestCommand = (reference: string) => `crane digest ${reference}`;

/** Images of the catalogue that some pod runs, and that have no digest. What a model's file names is its own fault. */
export function digestFaults(config: PlatformConfig): Fault[] {
  const images = imagesFor(config);
  const running = referencesIn(config, images);
  return (Object.keys(images) as ImageName[])
    .map((name) => ({ name, reference: images[name].reference }))
    .filter(({ reference }) => running.has(reference) && !hasDigest(reference))
    .map(({ name, reference }) => ({
      path: ['images', 'overrides', name, 'digest'],
      message: `is missing, and production runs no image by its tag alone; "${digestCommand(reference)}" prints it`,
    }));
}

function referencesIn(config: PlatformConfig, images: Images): Set<string> {
  const objects = [...objectsOf(composePlatform(config))] as WorkloadJson[];
  const made = objects.flatMap((object) =>
    object.kind === 'SeldonDeployment'
      ? (expand(object as unknown as SeldonDeploymentJson, images) as unknown as WorkloadJson[])
      : [object],
  );
  const pods = made.flatMap((object) => podTemplateOf(object)?.spec ?? []);
  return new Set(
    pods
      .flatMap(({ containers, initContainers = [] }) => [...containers, ...initContainers])
      .flatMap(({ image }) => image ?? []),
  );
}
