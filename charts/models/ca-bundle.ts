/** The certificate authorities that the containers of a model trust: a file, and the variables by which programs find it. */
import type { k8s } from '../lib/k8s';

export interface CaBundleProps {
  readonly configMap?: string;
  readonly secret?: string;
  /** The key with the certificates. */
  readonly key: string;
}

const VOLUME = 'ca-bundle';
const FOLDER = '/etc/ca-bundle';
const FILE = 'ca.crt';

/**
 * OpenSSL and Go read the first, the Python package requests the second, boto the third, curl the fourth, and rclone the
 * last. Each of them takes the file in place of its own list of authorities.
 */
const VARIABLES = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'AWS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'RCLONE_CA_CERT'];

export function caVolume({ configMap, secret, key }: CaBundleProps): k8s.Volume {
  const items = [{ key, path: FILE }];
  return {
    name: VOLUME,
    ...(configMap !== undefined && { configMap: { name: configMap, items } }),
    ...(secret !== undefined && { secret: { secretName: secret, items } }),
  };
}

/** A container that trusts the bundle, but for variables that it sets itself. */
export function trusting(container: k8s.Container, bundle: CaBundleProps | undefined): k8s.Container {
  if (!bundle) return container;
  const own = new Set((container.env ?? []).map(({ name }) => name));
  return {
    ...container,
    env: [
      ...(container.env ?? []),
      ...VARIABLES.filter((name) => !own.has(name)).map((name) => ({ name, value: `${FOLDER}/${FILE}` })),
    ],
    volumeMounts: [...(container.volumeMounts ?? []), { name: VOLUME, mountPath: FOLDER, readOnly: true }],
  };
}
