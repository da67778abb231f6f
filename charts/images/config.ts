/** The schema of `images` in platform.yaml. */
import * as z from 'zod';
import { flag, objectName, oneOf } from '../../config/fields';
import { imageDigest, imageRepository, imageTag, registry, registryHost } from '../../config/image-fields';
import type { Fault } from '../../config/problems';
import { rules } from '../../config/rules';
import { CATALOGUE, type ImageName } from './catalogue';
import { registryOf } from './references';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const;

const imageOverride = z.strictObject({
  repository: imageRepository('registry.example.com/team/mlflow').optional().describe('Registry and path'),
  tag: imageTag('v3.17.0-full').optional().describe('Tag; never "latest"'),
  digest: imageDigest().optional().describe('Digest, which then decides what is pulled'),
  pullPolicy: oneOf(PULL_POLICIES, 'IfNotPresent').optional().describe('When the kubelet pulls the image'),
});

const imageNames = Object.keys(CATALOGUE) as ImageName[];

/** Those of the whole catalogue: several environments may share a mapping of which none needs all. */
const REGISTRIES = [
  ...new Set(Object.values(CATALOGUE).flatMap(({ repository }) => registryOf(repository) ?? [])),
].sort();

/** A registry that is replaced nowhere, so that images would go on being pulled from where they are. */
function registryFaults(host: string): Fault[] {
  if (REGISTRIES.includes(host)) return [];
  const message = `hits no image: the platform's are from ${REGISTRIES.join(', ')}, and a model's own image is where its file says`;
  return [{ path: [host], message }];
}

export const imagesSchema = z
  .strictObject({
    registry: registry('registry.example.com/mirror')
      .optional()
      .describe('Mirror that replaces the registry of every image not overridden'),
    registries: z
      .record(registryHost, registry('registry.example.com/docker-hub'))
      .superRefine(rules((registries) => Object.keys(registries).flatMap(registryFaults)))
      .optional()
      .meta({ examples: [{ 'docker.io': 'registry.example.com/docker-hub' }] })
      .describe('Mirrors of single registries, such as a pull-through cache for each; they win over `registry`'),
    pullSecret: objectName('registry-login')
      .optional()
      .describe('Name of an image pull Secret that exists in every namespace of the platform'),
    pullPolicy: oneOf(PULL_POLICIES, 'Always')
      .optional()
      .describe(
        'When kubelets pull images; IfNotPresent where absent. With Always they ask the registry at each start, and so does whoever may not pull',
      ),
    overrides: z
      .strictObject(Object.fromEntries(imageNames.map((name) => [name, imageOverride.optional()])))
      .prefault({})
      .describe('Images by their name in the catalogue'),
    requireDigests: flag(false).describe(
      'Refuses images without a digest; `ml-platform images <env> --lock` finds them',
    ),
  })
  .prefault({})
  .describe('Where images come from');
