import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import { k8s } from '../lib/k8s';

/** The levels of the Pod Security Standards that the platform uses. */
export type PodSecurityLevel = 'restricted' | 'baseline';

export interface PlatformNamespace {
  readonly name: string;
  /** The strictest level that everything in the namespace passes. */
  readonly level: PodSecurityLevel;
}

export interface NamespacesProps {
  readonly namespaces: readonly PlatformNamespace[];
}

/** The namespaces, each refusing pods below its Pod Security level and warning below "restricted". */
export class Namespaces extends Component {
  constructor(scope: Construct, props: NamespacesProps) {
    super(scope, { name: 'namespaces', stage: '10-setup' });
    for (const { name, level } of props.namespaces) {
      new k8s.KubeNamespace(this, name, {
        metadata: {
          name,
          labels: {
            'pod-security.kubernetes.io/enforce': level,
            'pod-security.kubernetes.io/warn': 'restricted',
            'pod-security.kubernetes.io/audit': 'restricted',
          },
        },
      });
    }
  }
}
