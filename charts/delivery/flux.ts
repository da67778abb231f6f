import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  KustomizationSpecDecryptionProvider as DecryptionProvider,
  KustomizationSpecDeletionPolicy as DeletionPolicy,
  Kustomization,
  type KustomizationSpec,
  KustomizationSpecSourceRefKind as SourceKind,
} from '../../imports/kustomize.toolkit.fluxcd.io';
import { GitRepository, OciRepository } from '../../imports/source.toolkit.fluxcd.io';
import { PART_OF } from '../lib/component';
import type { Stage } from '../lib/stages';
import type { FluxConfig } from './config';

export interface FluxProps extends FluxConfig {
  readonly environment: string;
  /** The path of dist/<env> in the source. */
  readonly path: string;
}

const LABELS = { 'app.kubernetes.io/part-of': PART_OF, 'app.kubernetes.io/managed-by': 'cdk8s' };
const KINDS = { GitRepository: SourceKind.GIT_REPOSITORY, OCIRepository: SourceKind.OCI_REPOSITORY };
/** After a failure. */
const RETRY_INTERVAL = '1m';

const nameOf = (environment: string, part: string) => `${environment}-${part}`;

/** What a person applies once: the source, and the Kustomization that deploys those of the stages. */
export class FluxRoot extends Chart {
  constructor(scope: Construct, props: FluxProps) {
    const { namespace, environment, source } = props;
    super(scope, 'flux', { namespace, disableResourceNameHashes: true, labels: LABELS });
    if (source.url !== undefined) this.source(props, source.url);
    new Kustomization(this, 'root', {
      metadata: { name: nameOf(environment, PART_OF) },
      // It only makes Kustomizations, and waits for none: each stage waits for the one before it.
      spec: { ...specOf(props, 'delivery/flux'), wait: false, deletionPolicy: DeletionPolicy.ORPHAN },
    });
  }

  private source({ source, interval }: FluxProps, url: string): void {
    const { kind, name, reference, secret } = source;
    const metadata = { name };
    const common = { url, interval, ...(secret !== undefined && { secretRef: { name: secret } }) };
    if (kind === 'GitRepository')
      new GitRepository(this, 'source', { metadata, spec: { ...common, ref: { branch: reference } } });
    else new OciRepository(this, 'source', { metadata, spec: { ...common, ref: { tag: reference } } });
  }
}

/**
 * The Kustomization of one stage, which waits for the one before it.
 *
 * Each stage has its own. One for all would ask the API server about every object before it changes any, and a
 * SeldonDeployment is answered by the operator's webhook: while the operator is down, nothing could be deployed, the cure
 * neither.
 */
export class FluxStage extends Chart {
  constructor(scope: Construct, stage: Stage, keepsData: boolean, before: string | undefined, props: FluxProps) {
    const { namespace, environment } = props;
    super(scope, `flux-${stage}`, { namespace, disableResourceNameHashes: true, labels: LABELS });
    new Kustomization(this, 'stage', {
      metadata: { name: nameOf(environment, stage) },
      spec: {
        ...specOf(props, stage),
        wait: true,
        ...(before !== undefined && { dependsOn: [{ name: nameOf(environment, before) }] }),
        ...(keepsData && { deletionPolicy: DeletionPolicy.ORPHAN }),
        healthCheckExprs: HEALTH,
      },
    });
  }
}

/** The part between the namespaces and all that reads Secrets. */
export const SECRETS = 'secrets';

/** The Kustomization of the Secrets that Flux decrypts. */
export class FluxSecrets extends Chart {
  /** @param keySecret the Secret with the age identity */
  constructor(scope: Construct, before: Stage, keySecret: string, props: FluxProps) {
    const { namespace, environment } = props;
    super(scope, `flux-${SECRETS}`, { namespace, disableResourceNameHashes: true, labels: LABELS });
    new Kustomization(this, 'secrets', {
      metadata: { name: nameOf(environment, SECRETS) },
      spec: {
        ...specOf(props, `delivery/${SECRETS}`),
        wait: true,
        dependsOn: [{ name: nameOf(environment, before) }],
        decryption: { provider: DecryptionProvider.SOPS, secretRef: { name: keySecret } },
        // A password that is lost is a database that is lost.
        deletionPolicy: DeletionPolicy.ORPHAN,
      },
    });
  }
}

/** Flux knows no such type. The operator writes status.state: Creating, Available or Failed. */
const HEALTH = [
  {
    apiVersion: 'machinelearning.seldon.io/v1',
    kind: 'SeldonDeployment',
    current: "has(status.state) && status.state == 'Available'",
    failed: "has(status.state) && status.state == 'Failed'",
    inProgress: "!has(status.state) || status.state == 'Creating' || status.state == ''",
  },
];

function specOf({ source, path, interval, timeout, serviceAccount }: FluxProps, folder: string) {
  return {
    sourceRef: { kind: KINDS[source.kind], name: source.name },
    path: `./${path}/${folder}`,
    interval,
    retryInterval: RETRY_INTERVAL,
    timeout,
    prune: true,
    ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
  } satisfies KustomizationSpec;
}
