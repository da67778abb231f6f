/** The parts of an image reference: registry, repository, tag and digest, and all of them together. */
import { matching, PORT } from './fields';

/** A registry's host and port, and a path in it, as the distribution project's reference grammar has them. */
const HOST = '[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*';
const COMPONENT = '[a-z0-9]+((\\.|_{1,2}|-+)[a-z0-9]+)*';

/** A repository without tag or digest. */
export const imageRepository = (example: string) =>
  matching(
    new RegExp(`^(${HOST}${PORT}/)?${COMPONENT}(/${COMPONENT})*$`),
    255,
    'an image repository without tag or digest',
    example,
  );

/** An image with its tag, its digest or both. */
export const imageReference = (example: string) =>
  matching(
    new RegExp(
      `^(${HOST}${PORT}/)?${COMPONENT}(/${COMPONENT})*(:(?!latest(@|$))[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}(@sha256:[a-f0-9]{64})?|@sha256:[a-f0-9]{64})$`,
    ),
    512,
    'an image with a tag other than "latest", or a digest',
    example,
  );

export const imageTag = (example: string) =>
  matching(/^(?!latest$)[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}$/, 128, 'an image tag other than "latest"', example);

export const imageDigest = () =>
  matching(/^sha256:[a-f0-9]{64}$/, 71, 'an image digest', `sha256:${'0123456789abcdef'.repeat(4)}`);

/** A registry, or a path in one, that mirrors the images: no scheme, no slash at the end. */
export const registry = (example: string) =>
  matching(
    new RegExp(`^${HOST}${PORT}(/${COMPONENT})*$`),
    255,
    'a registry host, with a lower-case path if need be, without scheme or "/" at the end',
    example,
  );

/** The host of a registry, as images have it in front: "docker.io" for the Docker Hub. */
export const registryHost = matching(new RegExp(`^${HOST}${PORT}$`), 255, 'the host of a registry', 'docker.io');
