/** The explainer of a predictor. The operator makes a Deployment and a Service of it. */

import { type Resources, resourceRequirements } from '../lib/container';
import { k8s } from '../lib/k8s';
import { restrictedContainer } from '../lib/security';
import type { EgressProps } from './egress';
import type { Protocol } from './protocol';
import { serverUser } from './server';
import type { ServingProps } from './serving';

export interface ExplainerProps {
  /** The method of Alibi, such as "AnchorTabular". */
  readonly type: string;
  /** @default - it explains without a saved explainer */
  readonly uri?: string;
  /** Options of the method. */
  readonly config: Readonly<Record<string, string>>;
  readonly replicas: number;
  /** Whom it may call beside its model. @default - nobody */
  readonly egress?: EgressProps;
  readonly resources: Resources;
}

const NAME = 'explainer';
const PROBE = { tcpSocket: { port: 'http' }, timeoutSeconds: 5 };

export function explainerSpec(explainer: ExplainerProps, protocol: Protocol, account: string, serving: ServingProps) {
  const { type, uri, config, replicas, resources } = explainer;
  return {
    type,
    ...(uri !== undefined && { modelUri: uri, envSecretRefName: serving.secretOf(uri) }),
    ...(Object.keys(config).length > 0 && { config: { ...config } }),
    replicas,
    serviceAccountName: account,
    containerSpec: {
      name: NAME,
      ...(serving.pullPolicy && { imagePullPolicy: serving.pullPolicy }),
      resources: k8s.toJson_ResourceRequirements(resourceRequirements(resources)),
      // The operator makes its pod, without a volume for the files that Python programs write as they start.
      securityContext: { ...restrictedContainer(serverUser(protocol)), readOnlyRootFilesystem: false },
      // The operator's own probes would give up on an explainer that takes more than a minute and a half to load.
      startupProbe: { ...PROBE, periodSeconds: 5, failureThreshold: 120 },
      readinessProbe: { ...PROBE, periodSeconds: 10, failureThreshold: 3 },
      livenessProbe: { ...PROBE, periodSeconds: 20, failureThreshold: 6 },
    },
  };
}
