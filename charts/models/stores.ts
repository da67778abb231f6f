import type { Variables } from '../lib/container';

/** Places outside the object store that models are fetched from: further rclone remotes, by name. */
export type ModelStores = Readonly<
  Record<
    string,
    {
      /** The Secret in the models' namespace that configures the remote. */
      readonly secret: string;
      /** Whether it is read without credentials. @default false */
      readonly anonymous?: boolean;
      /** The port that it is reached by. */
      readonly port: number;
    }
  >
>;

/** The store of a place such as "gs://models/wine/1"; undefined for the object store of the platform. */
export const storeOf = (stores: ModelStores, uri: string) => stores[uri.split(':')[0] ?? ''];

/**
 * What rclone has to be told besides the Secret of a place. The initializer's image says RCLONE_CONFIG_GS_ANONYMOUS=true,
 * and rclone asks that before it looks for credentials, so that private files of a remote "gs" were not found.
 *
 * Source: components/rclone-storage-initializer/Dockerfile of Seldon Core 1.17.1, and rclone.org/googlecloudstorage.
 */
export function storeVariables(stores: ModelStores, uri: string): Variables {
  const store = storeOf(stores, uri);
  return store && uri.startsWith('gs:') ? { RCLONE_CONFIG_GS_ANONYMOUS: String(store.anonymous ?? false) } : {};
}
