import type { k8s } from './k8s';
import type { Mount } from './volumes';

export interface ApiTokenProps {
  /** Mode of its files. @default - that of the kubelet */
  readonly defaultMode?: number;
}

/**
 * What the API server is called with, for a pod that no token is mounted into by itself: the same three files, where clients
 * look for them. The token expires within the hour and is renewed. Without the file of the namespace a client takes
 * "default" for its own.
 */
export const apiToken = ({ defaultMode }: ApiTokenProps = {}): Mount & { readonly volume: k8s.Volume } => ({
  volume: {
    name: 'api-token',
    projected: {
      ...(defaultMode !== undefined && { defaultMode }),
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardApi: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
      ],
    },
  },
  path: '/var/run/secrets/kubernetes.io/serviceaccount',
});
