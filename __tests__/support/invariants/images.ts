/** Images, those among them that hide in the JSON of seldon-config. */
import { nameOf } from '../cluster';
import { containersOf } from '../pod-security';
import { type Any, type Check, ofKind, when } from './cluster-view';

/** Registries and repositories that serve no image any more, or none that is maintained. */
const DEAD = /^(docker\.io\/)?(minio|bitnami|bitnamilegacy)\/|^gcr\.io\/google_containers\/|^quay\.io\/minio\//;

export const IMAGES = {
  'images are pinned, and none comes from a dead source': (cluster) => {
    const own = cluster.pods.flatMap(({ owner, spec }) =>
      // Those that an operator adds have images of its own choice.
      containersOf(spec)
        .filter(({ image }) => image !== undefined || !owner.startsWith('Cluster '))
        .map(({ image }): [string, string] => [owner, String(image)]),
    );
    const hidden = ofKind(cluster, 'ConfigMap').flatMap((object) =>
      configImages((object as Any).data).map((image): [string, string] => [nameOf(object), image]),
    );
    const env = cluster.pods.flatMap(({ owner, spec }) =>
      containersOf(spec).flatMap((container) =>
        (container.env ?? [])
          .filter(({ name }: Any) => name.includes('IMAGE_AND_VERSION'))
          .map(({ value }: Any): [string, string] => [owner, value]),
      ),
    );
    return [...own, ...hidden, ...env].flatMap(([owner, image]) => {
      const pinned =
        /:[\w][\w.-]*(@sha256:[a-f0-9]{64})?$|@sha256:[a-f0-9]{64}$/.test(image) && !/:latest$/.test(image);
      return [
        ...when(!pinned, `${owner}: ${image} is not pinned`),
        ...when(DEAD.test(image), `${owner}: ${image} is gone`),
      ];
    });
  },
} satisfies Record<string, Check>;

/** Images that hide in the JSON of seldon-config. */
function configImages(data: Record<string, string> = {}): string[] {
  const images = (value: Any): string[] => {
    if (typeof value !== 'object' || value === null) return [];
    if ('defaultImageVersion' in value) return [`${value.image}:${value.defaultImageVersion}`];
    return Object.entries(value).flatMap(([key, child]) =>
      typeof child === 'string' && key.startsWith('image') ? [child] : images(child),
    );
  };
  return Object.values(data)
    .filter((text) => text.startsWith('{'))
    .flatMap((text) => images(JSON.parse(text)));
}
