/** What runs pods to their end: once, or on a schedule. */
import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { type PodTemplateProps, podTemplate } from './workload-settings';

interface JobProps extends PodTemplateProps {
  readonly name: string;
  /** Further attempts after one that failed. */
  readonly backoffLimit: number;
}

/** Eight digits that differ for different content. */
export function contentHash(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8);
}

export interface OneTimeJobProps extends JobProps {
  /**
   * What else the Job depends on, such as the script that it mounts.
   * @default - its pod only
   */
  readonly content?: unknown;
}

/**
 * A Job that runs once for each content. Its template is immutable, so a hash of the content is added to its name: a
 * change makes a new Job, and applying the same again does nothing.
 */
export function oneTimeJob(scope: Construct, id: string, props: OneTimeJobProps): k8s.KubeJob {
  const { name, pods, backoffLimit, settings, content = null } = props;
  const template = podTemplate(props);
  const { podLabels, podAnnotations } = settings;
  const hash = contentHash([
    content,
    k8s.toJson_PodSpec(template.spec),
    ...(podLabels || podAnnotations ? [{ podLabels, podAnnotations }] : []),
  ]);
  return new k8s.KubeJob(scope, id, {
    metadata: { name: `${name}-${hash}`, labels: { ...pods.labels } },
    spec: { backoffLimit, template },
  });
}

/** Seconds that a run may start late. Without a limit a CronJob stops for good after a hundred missed runs. */
export const STARTING_DEADLINE = 3600;

export interface CronJobProps extends JobProps {
  /** A cron schedule of five fields. */
  readonly schedule: string;
  /** @default - the controller manager's */
  readonly timeZone?: string;
  /** What happens to a run that is due while the one before still runs: Forbid, Replace or Allow. */
  readonly concurrencyPolicy: string;
}

export function cronJob(scope: Construct, id: string, props: CronJobProps): k8s.KubeCronJob {
  const { name, backoffLimit, schedule, timeZone, concurrencyPolicy } = props;
  return new k8s.KubeCronJob(scope, id, {
    metadata: { name },
    spec: {
      schedule,
      timeZone,
      concurrencyPolicy,
      startingDeadlineSeconds: STARTING_DEADLINE,
      jobTemplate: { spec: { backoffLimit, template: podTemplate(props) } },
    },
  });
}
