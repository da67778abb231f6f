import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import { k8s } from '../lib/k8s';

export interface TeamProps {
  readonly name: string;
  /** Of its models. */
  readonly namespace: string;
  /** As the cluster knows it. */
  readonly group: string;
  /** Whether Argo Workflows runs batches of its models. @default false */
  readonly workflows?: boolean;
}

const READ = ['get', 'list', 'watch'];
const ROLE = 'team';

/**
 * What the people of a team may do: see what runs in its namespace, and change its models. No Secret is theirs to read.
 * (Whoever may change a model can have it run a program that reads the key of the team, which opens what is theirs.)
 */
export class Team extends Component {
  constructor(scope: Construct, { name, namespace, group, workflows = false }: TeamProps) {
    super(scope, { name: `team-${name}`, stage: '20-operators', namespace });
    const apiGroup = 'rbac.authorization.k8s.io';
    new k8s.KubeRole(this, 'role', {
      metadata: { name: ROLE },
      rules: [
        {
          apiGroups: [''],
          resources: ['pods', 'pods/log', 'services', 'events', 'resourcequotas', 'limitranges'],
          verbs: READ,
        },
        { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs: READ },
        { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: READ },
        { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: READ },
        { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: READ },
        ...(workflows ? [{ apiGroups: ['argoproj.io'], resources: ['cronworkflows', 'workflows'], verbs: READ }] : []),
        {
          apiGroups: ['machinelearning.seldon.io'],
          resources: ['seldondeployments'],
          verbs: [...READ, 'create', 'delete', 'patch', 'update'],
        },
      ],
    });
    new k8s.KubeRoleBinding(this, 'binding', {
      metadata: { name: ROLE },
      roleRef: { apiGroup, kind: 'Role', name: ROLE },
      subjects: [{ apiGroup, kind: 'Group', name: group }],
    });
  }
}
