/** Something that a cluster must have before the platform is applied, and that synth never renders: it is others' to upgrade. */
export interface Prerequisite {
  readonly name: string;
  /** The release that the platform is tested with, such as "v1.21.2". */
  readonly version: string;
  /** The oldest Kubernetes API that is used of it, such as "cert-manager.io/v1". */
  readonly api: string;
  /** What the platform needs it for. */
  readonly purpose: string;
  /** A command that installs this version. */
  readonly install: string;
}
