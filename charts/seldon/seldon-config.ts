/** The configuration the Seldon operator reads: which images serve, fetch and explain models. */
import type { Images } from '../images/resolve';
import type { Image } from '../lib/image';
import { SERVERS, type ServerName } from '../models/image';

/** An image as seldon-config splits it: the operator puts a colon between the two. */
const split = (image: Image) => ({ image: image.repository, defaultImageVersion: image.version });

/**
 * Resources of the init container that fetches the files of an explainer. The pods of models bring a hardened one of their
 * own. The operator needs all four values.
 */
export const INITIALIZER = { cpuRequest: '100m', cpuLimit: '1', memoryRequest: '100Mi', memoryLimit: '1Gi' };

/**
 * The data of ConfigMap seldon-config; each value is JSON in a string.
 * Source: helm-charts/seldon-core-operator/templates/configmap_seldon-config.yaml at v1.17.1.
 */
export function seldonConfig(images: Images): Record<string, string> {
  const servers = Object.entries(SERVERS).map(([server, protocols]: [string, (typeof SERVERS)[ServerName]]) => [
    server,
    {
      protocols: Object.fromEntries(
        Object.entries(protocols).map(([protocol, name]) => [protocol, split(images[name])]),
      ),
    },
  ]);
  const data = {
    predictor_servers: Object.fromEntries(servers),
    storageInitializer: { image: images.seldonInitializer.reference, ...INITIALIZER },
    explainer: { image: images.seldonExplainer.reference, image_v2: images.mlserverExplainer.reference },
  };
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, `${JSON.stringify(value, null, 2)}\n`]));
}
