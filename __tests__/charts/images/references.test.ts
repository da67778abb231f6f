/** Where images are found in what is rendered. */
import { CATALOGUE, type ImageName } from '../../../charts/images/catalogue';
import { imagesOf, registryOf, splitImage } from '../../../charts/images/references';
import { composePlatform, objectsOf } from '../../../charts/platform';
import { imagesFor } from '../../../charts/rendering/images-of';
import { exampleEnvironments, startingEnvironment } from '../../support/environments';

const pod = (container: object) => ({ kind: 'Deployment', spec: { template: { spec: { containers: [container] } } } });

test.each<[string, object, string[]]>([
  ['a container', pod({ image: 'r.test:5000/a/b:1' }), ['r.test:5000/a/b:1']],
  [
    'a variable that tells an operator what to start',
    pod({ env: [{ name: 'SIDECAR_IMAGE_NAME', value: 'r.test/side:2' }] }),
    ['r.test/side:2'],
  ],
  ['an argument', pod({ args: ['--log=1', '--reloader-image=r.test/reload:3'] }), ['r.test/reload:3']],
  [
    'the JSON of a ConfigMap',
    { kind: 'ConfigMap', data: { a: '{"explainer": {"image_v2": "r.test/e:4"}}' } },
    ['r.test/e:4'],
  ],
  [
    'seldon-config, where repository and tag are apart',
    { kind: 'ConfigMap', data: { a: '{"v2": {"image": "r.test/s", "defaultImageVersion": "5"}}' } },
    ['r.test/s:5'],
  ],
  ['a cluster of CloudNativePG', { kind: 'Cluster', spec: { imageName: 'r.test/pg:18' } }, ['r.test/pg:18']],
])('%s has an image', (_, object, images) => {
  expect(imagesOf(object)).toEqual(images);
});

test.each<[string, object]>([
  ['a pull policy', pod({ imagePullPolicy: 'Always' })],
  ['a variable about an image', pod({ env: [{ name: 'IMAGE_PULL_POLICY', value: 'IfNotPresent' }] })],
  ['a field of a type', { kind: 'CustomResourceDefinition', spec: { image: 'r.test/a:1' } }],
])('%s is none', (_, object) => {
  expect(imagesOf(object)).toEqual([]);
});

test.each([startingEnvironment(), ...exampleEnvironments()])(
  '$environment has no image that is not found',
  (config) => {
    const objects = [...objectsOf(composePlatform(config))];
    const found = new Set(objects.flatMap(imagesOf));
    const text = JSON.stringify(objects);
    const images = imagesFor(config);
    const written = (Object.keys(CATALOGUE) as ImageName[])
      .map((name) => images[name].reference)
      .filter((reference) => text.includes(`"${reference}"`) || text.includes(`\\"${reference}\\"`));
    expect(written.filter((reference) => !found.has(reference))).toEqual([]);
  },
);

test.each([
  ['postgres:18', undefined, 'postgres', '18'],
  ['localhost:5000/a:1', 'localhost:5000', 'localhost:5000/a', '1'],
  ['team/a', undefined, 'team/a', ''],
  [`r.test/a:1@sha256:${'b'.repeat(64)}`, 'r.test', 'r.test/a', `1@sha256:${'b'.repeat(64)}`],
])('%s is of the registry %s', (image, host, repository, version) => {
  expect(registryOf(image)).toBe(host);
  expect(splitImage(image)).toEqual({ repository, version });
});
