/** What runs pods to their end: once, or on a schedule. */
import { createHash } from 'node:crypto';
import type { Construct } from 'constructs';
import { k8s } from './k8s';
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

interface ObjectJson {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: unknown;
}

/** The end of the name of what runs once. */
const HASH = /-[0-9a-f]{8}$/;

const runsOnce = ({ kind, metadata }: ObjectJson) => ['Job', 'Workflow'].includes(kind) && HASH.test(metadata.name);

/** The name of an object, without the hash of what runs once. */
export const stemOf = (object: ObjectJson): string =>
  runsOnce(object) ? object.metadata.name.replace(HASH, '') : object.metadata.name;

/** An object whose JSON was changed. What runs once gets another name with it, since its template is immutable. */
export function renewed<T extends ObjectJson>(object: T): T {
  if (!runsOnce(object)) return object;
  const { metadata, spec } = object;
  const name = `${stemOf(object)}-${contentHash([metadata.name, spec])}`;
  return { ...object, metadata: { ...metadata, name } };
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
  /** Whether nothing starts by itself, and people make Jobs of it. @default false */
  readonly suspend?: boolean;
  /**
   * Seconds that a run may take with all its attempts. A pod that cannot start never fails: without an end, nobody is told, and
   * Forbid keeps all later runs from starting.
   */
  readonly activeDeadlineSeconds: number;
}

export function cronJob(scope: Construct, id: string, props: CronJobProps): k8s.KubeCronJob {
  const { name, backoffLimit, schedule, timeZone, concurrencyPolicy, suspend, activeDeadlineSeconds } = props;
  return new k8s.KubeCronJob(scope, id, {
    metadata: { name },
    spec: {
      schedule,
      timeZone,
      concurrencyPolicy,
      suspend,
      startingDeadlineSeconds: STARTING_DEADLINE,
      jobTemplate: { spec: { backoffLimit, activeDeadlineSeconds, template: podTemplate(props) } },
    },
  });
}
