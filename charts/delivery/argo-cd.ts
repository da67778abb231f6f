import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Application, type ApplicationSpec } from '../../imports/argoproj.io';
import { PART_OF } from '../lib/component';
import { k8s } from '../lib/k8s';
import type { Stage } from '../lib/stages';
import { type ArgoCdConfig, IN_CLUSTER } from './config';
import applicationHealth from './health/application.lua';
import seldonDeploymentHealth from './health/seldon-deployment.lua';

export interface ArgoCdProps extends ArgoCdConfig {
  readonly environment: string;
  /** The path of dist/<env> in the repository. */
  readonly path: string;
}

/** Deleting the Application first deletes what it has deployed. */
const CASCADE = 'resources-finalizer.argocd.argoproj.io';
const SYNC_OPTIONS = [
  'ServerSideApply=true',
  // The type of an object may come with an earlier stage, which a first comparison does not wait for.
  'SkipDryRunOnMissingResource=true',
  'PruneLast=true',
];

/**
 * A stage may fail for as long as what it needs is away, such as the operator whose webhook answers for models. By default
 * Argo CD gives up on a commit after five attempts, and comes back to it for no later change of the cluster.
 */
const RETRY = {
  limit: -1,
  backoff: { duration: '5s', factor: 2, maxDuration: '1m' },
  // Otherwise the commit that mends a fault waits for the one that has it.
  refresh: true,
};

const nameOf = (environment: string, part: string) => `${environment}-${part}`;

const LABELS = { 'app.kubernetes.io/part-of': PART_OF, 'app.kubernetes.io/managed-by': 'cdk8s' };

/** What a person applies once: the Application that deploys those of the stages, and the health checks that it needs. */
export class ArgoCdRoot extends Chart {
  constructor(scope: Construct, props: ArgoCdProps) {
    super(scope, 'argo-cd', { namespace: props.namespace, disableResourceNameHashes: true, labels: LABELS });
    new k8s.KubeConfigMap(this, 'settings', {
      // Argo CD reads no other ConfigMap, and only with this label. Applied on the server's side, these two keys join those
      // that are there.
      metadata: { name: 'argocd-cm', labels: { ...LABELS, 'app.kubernetes.io/part-of': 'argocd' } },
      data: {
        'resource.customizations.health.argoproj.io_Application': applicationHealth,
        'resource.customizations.health.machinelearning.seldon.io_SeldonDeployment': seldonDeploymentHealth,
      },
    });
    new Application(this, 'root', {
      metadata: { name: nameOf(props.environment, PART_OF) },
      spec: {
        ...specOf(props, 'delivery/argo-cd'),
        destination: { server: IN_CLUSTER, namespace: props.namespace },
      },
    });
  }
}

/**
 * The Application of one stage.
 *
 * Each stage has its own. One for all would first ask the API server about every object, and a SeldonDeployment is answered
 * by the operator's webhook: while the operator is down, nothing could be deployed, the cure neither.
 */
export class ArgoCdStage extends Chart {
  constructor(scope: Construct, stage: Stage, keepsData: boolean, props: ArgoCdProps) {
    super(scope, `argo-cd-${stage}`, { namespace: props.namespace, disableResourceNameHashes: true, labels: LABELS });
    new Application(this, 'stage', {
      metadata: {
        name: nameOf(props.environment, stage),
        annotations: { 'argocd.argoproj.io/sync-wave': String(Number.parseInt(stage, 10)) },
        // Without it, what a stage with data has deployed stays when the Application goes.
        ...(!keepsData && { finalizers: [CASCADE] }),
      },
      spec: specOf(props, stage),
    });
  }
}

function specOf({ project, repository, revision, path, server, automatic, selfHeal }: ArgoCdProps, folder: string) {
  return {
    project,
    source: {
      repoUrl: repository,
      targetRevision: revision,
      path: `${path}/${folder}`,
      // Many models lie in folders below their stage.
      directory: { recurse: true },
    },
    destination: { server },
    syncPolicy: {
      ...(automatic && { automated: { prune: true, selfHeal }, retry: RETRY }),
      syncOptions: SYNC_OPTIONS,
    },
  } satisfies ApplicationSpec;
}
