/** Places outside the object store that models are fetched from: further rclone remotes, by name. */
export type ModelStores = Readonly<
  Record<
    string,
    {
      /** The Secret in the models' namespace that configures the remote. */
      readonly secret: string;
      /** The port that it is reached by. */
      readonly port: number;
    }
  >
>;

/** The store of a place such as "gs://models/wine/1"; undefined for the object store of the platform. */
export const storeOf = (stores: ModelStores, uri: string) => stores[uri.split(':')[0] ?? ''];
