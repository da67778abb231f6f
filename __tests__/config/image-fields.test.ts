/** Images that cannot be pulled. */
import { platformRefuses, type Row } from '../support/refusals';

const a = (length: number) => 'a'.repeat(length);

const DIGEST_EXAMPLE = `sha256:${'0123456789abcdef'.repeat(4)}`;

platformRefuses({
  'an image that cannot be pulled': [
    ...[
      'https://registry.example.com',
      'registry.example.com/',
      'registry.example.com/Team',
      'registry..com',
      '""',
    ].map(
      (registry): Row => [
        `${registry} as a registry`,
        `images: {registry: ${registry}}`,
        `images.registry: must be a registry host, with a lower-case path if need be, without scheme or "/" at the end, not "${registry.replaceAll('"', '')}", such as "registry.example.com/mirror"`,
      ],
    ),
    ...['mlflow:v3', 'mlflow@sha256:00', 'https://example.com/mlflow', 'example.com/MLflow', 'example..com/mlflow'].map(
      (repository): Row => [
        `${repository} as a repository`,
        `images: {overrides: {mlflow: {repository: "${repository}"}}}`,
        `images.overrides.mlflow.repository: must be an image repository without tag or digest, not "${repository}", such as "registry.example.com/team/mlflow"`,
      ],
    ),
    [
      'the tag "latest"',
      'images: {overrides: {mlflow: {tag: latest}}}',
      'images.overrides.mlflow.tag: must be an image tag other than "latest", not "latest", such as "v3.17.0-full"',
    ],
    [
      'a tag with a space',
      'images: {overrides: {mlflow: {tag: v3 full}}}',
      'images.overrides.mlflow.tag: must be an image tag other than "latest", not "v3 full", such as "v3.17.0-full"',
    ],
    [
      'a tag of 129 characters',
      `images: {overrides: {mlflow: {tag: ${a(129)}}}}`,
      `images.overrides.mlflow.tag: must be an image tag other than "latest", not "${a(76)}…", such as "v3.17.0-full"`,
    ],
    [
      'a short digest',
      'images: {overrides: {mlflow: {digest: "sha256:12"}}}',
      `images.overrides.mlflow.digest: must be an image digest, not "sha256:12", such as "${DIGEST_EXAMPLE}"`,
    ],
    [
      'a digest without its algorithm',
      `images: {overrides: {mlflow: {digest: ${a(64)}}}}`,
      `images.overrides.mlflow.digest: must be an image digest, not "${a(64)}", such as "${DIGEST_EXAMPLE}"`,
    ],
  ],
});
