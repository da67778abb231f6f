export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

/** One image, ready for a container. */
export interface Image {
  readonly repository: string;
  /** Tag, digest or both, as they follow the repository and its colon in seldon-config. */
  readonly version: string;
  /** Repository, tag and digest in one. */
  readonly reference: string;
  readonly pullPolicy: PullPolicy;
  /** The version as a label value. */
  readonly label: string;
}
