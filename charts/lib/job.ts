import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

export interface OneTimeJobProps {
  /** The name, to which a hash of the content is added. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly backoffLimit: number;
  readonly spec: k8s.PodSpec;
  /**
   * What else the Job depends on, such as the script that it mounts.
   * @default - its pod only
   */
  readonly content?: unknown;
}

/**
 * A Job that runs once for each content: its template is immutable, so with the content in its name a change makes a
 * new Job, and applying the same again does nothing.
 */
export function oneTimeJob(scope: Construct, id: string, props: OneTimeJobProps): k8s.KubeJob {
  const { name, labels, podLabels, backoffLimit, spec, content = null } = props;
  const hash = createHash('sha256')
    .update(JSON.stringify([content, k8s.toJson_PodSpec(spec)]))
    .digest('hex')
    .slice(0, 8);
  return new k8s.KubeJob(scope, id, {
    metadata: { name: `${name}-${hash}`, labels: { ...labels } },
    spec: { backoffLimit, template: { metadata: { labels: { ...podLabels } }, spec } },
  });
}
