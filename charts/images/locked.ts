/** What a registry said of one image. */
export interface ImageLockEntry {
  readonly digest: string;
  /** Those that the registry had it for; absent where the registry does not say. */
  readonly architectures?: readonly string[];
}

/** What is known of images, by their names with the tag and without a digest. */
export type ImageLock = Readonly<Record<string, ImageLockEntry>>;
