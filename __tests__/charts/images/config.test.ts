/** What the settings of images are refused for. */
import { settingsOf } from '../../support/environments';
import { platformRefuses } from '../../support/refusals';

test('registries are replaced that only other environments need', () => {
  const registries = { 'docker.io': 'a.test', 'nvcr.io': 'b.test', 'quay.io': 'c.test', 'registry.k8s.io': 'd.test' };
  expect(settingsOf(`images: {registries: ${JSON.stringify(registries)}}`).images.registries).toEqual(registries);
});

platformRefuses({
  'a registry that no image is from': [
    [
      'a mistyped registry, and the Docker Hub by another name',
      'images: {registries: {docker.oi: a.test, quay.io: b.test, index.docker.io: c.test}}',
      "images.registries.docker.oi: hits no image: the platform's are from docker.io, ghcr.io, nvcr.io, quay.io, registry.k8s.io, and a model's own image is where its file says",
      "images.registries.index.docker.io: hits no image: the platform's are from docker.io, ghcr.io, nvcr.io, quay.io, registry.k8s.io, and a model's own image is where its file says",
    ],
  ],
  'a pull policy that there is not': [
    [
      'a pull policy in small letters',
      'images: {overrides: {mlflow: {pullPolicy: always}}}',
      'images.overrides.mlflow.pullPolicy: must be one of Always, IfNotPresent, Never, not "always", such as "IfNotPresent"',
    ],
  ],
});
