/** ConfigMap seldon-config: what the operator starts, from images that no environment has. */
import { type Images, resolveImages } from '../../../charts/images/resolve';
import { SERVERS } from '../../../charts/models/image';
import { seldonConfig } from '../../../charts/seldon/seldon-config';
import { foreignImages } from '../../support/foreign';

const read = (images: Images) =>
  Object.fromEntries(Object.entries(seldonConfig(images)).map(([key, text]) => [key, JSON.parse(text)]));
const data = read(foreignImages);
const digest = `sha256:${'a'.repeat(64)}`;

test('has the three keys that the operator reads, each JSON in a string of lines', () => {
  expect(Object.keys(data)).toEqual(['predictor_servers', 'storageInitializer', 'explainer']);
  for (const text of Object.values(seldonConfig(foreignImages))) expect(text).toMatch(/^{\n {2}".*\n}\n$/s);
});

describe('model servers', () => {
  const all = Object.entries(SERVERS).flatMap(([server, protocols]) =>
    Object.entries(protocols).map(([protocol, name]): [string, string, keyof Images] => [server, protocol, name]),
  );

  test.each(all)('%s with protocol %s is image %s', (server, protocol, name) => {
    const { image, defaultImageVersion } = data.predictor_servers[server].protocols[protocol];
    expect(`${image}:${defaultImageVersion}`).toBe(foreignImages[name].reference);
  });

  test('are no others', () => {
    const listed = Object.entries<{ protocols: object }>(data.predictor_servers).flatMap(([server, { protocols }]) =>
      Object.keys(protocols).map((protocol) => `${server} ${protocol}`),
    );
    expect(listed).toEqual(all.map(([server, protocol]) => `${server} ${protocol}`));
  });

  test('speak v2 with MLServer and Triton, and seldon with the servers of the configured release', () => {
    const { MLFLOW_SERVER, SKLEARN_SERVER, TRITON_SERVER } = data.predictor_servers;
    expect(MLFLOW_SERVER.protocols.v2.image).toBe('mirror.example.org/hub/seldonio/mlserver');
    expect(SKLEARN_SERVER.protocols.seldon).toEqual({
      image: 'mirror.example.org/hub/seldonio/sklearnserver',
      defaultImageVersion: '1.17.9',
    });
    expect(Object.keys(TRITON_SERVER.protocols)).toEqual(['v2']);
  });

  test('are pulled by digest where an environment says so', () => {
    const overrides = { mlserverSklearn: { tag: 'tag-x', digest } };
    const { v2 } = read(resolveImages({ overrides, seldonVersion: '1.17.9' })).predictor_servers.SKLEARN_SERVER
      .protocols;
    // The operator puts a colon between the two.
    expect(`${v2.image}:${v2.defaultImageVersion}`).toBe(`docker.io/seldonio/mlserver:tag-x@${digest}`);
  });
});

test('a mirror is in front of every image, however deep', () => {
  const images = JSON.stringify(data).match(/"(image|image_v2)":"[^"]+"/g) ?? [];
  expect(images.length).toBeGreaterThan(11);
  expect(images.filter((image) => !image.includes(':"mirror.example.org/hub/'))).toEqual([]);
});

test('models are fetched, and explained, by images of the catalogue', () => {
  expect(data.storageInitializer.image).toBe(foreignImages.seldonInitializer.reference);
  expect(data.explainer).toEqual({
    image: foreignImages.seldonExplainer.reference,
    image_v2: foreignImages.mlserverExplainer.reference,
  });
});

test('the fetching has the four quantities without which the operator does not start', () => {
  const { image: _, ...quantities } = data.storageInitializer;
  expect(Object.keys(quantities)).toEqual(['cpuRequest', 'cpuLimit', 'memoryRequest', 'memoryLimit']);
  for (const quantity of Object.values(quantities)) expect(quantity).toMatch(/^\d+(m|Mi|Gi)?$/);
});
