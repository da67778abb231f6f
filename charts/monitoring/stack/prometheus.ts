import type { Construct } from 'constructs';
import { AUTHORITY_FILE, authorityVolume } from '../../certificates/authority';
import type { CertificateIssuer } from '../../certificates/issuer';
import { apiToken } from '../../lib/api-token';
import { checksum } from '../../lib/checksum';
import type { Endpoint, Peer, Pods } from '../../lib/endpoint';
import { k8s } from '../../lib/k8s';
import { serviceAccount } from '../../lib/pod';
import { httpCheck, probes } from '../../lib/probes';
import { configMapVolume } from '../../lib/volumes';
import { PREREQUISITES } from '../../prerequisites/catalogue';
import { MonitoredComponent } from '../monitored';
import type { PodScrape } from '../pod-scrape';
import { PROMETHEUS as NAME, PROMETHEUS_PORT as PORT, prometheusPods } from './address';
import { KUBELET_PORT, type KubeletProps } from './kubelets';
import { logArguments } from './log-arguments';
import { CONFIG_FILE, configFiles, PATHS } from './prometheus-config';
import { type ServerProps, type StackProps, stackServer } from './server';

export interface PrometheusProps extends StackProps {
  /** Of the alerts' label "environment". */
  readonly environment: string;
  /** How long series are kept. */
  readonly retentionDays: number;
  /** Whom it tells of alerts. */
  readonly alertmanager: Endpoint;
  /** What it scrapes, of all components. */
  readonly scrapes: readonly PodScrape[];
  /** A file of rules. */
  readonly rules: string;
  /** Further ones, with what the files of models promise. */
  readonly objectives: readonly string[];
  readonly apiServerPorts: readonly number[];
  /** Who signs the certificates of what is scraped by TLS. @default - nothing is */
  readonly issuer?: CertificateIssuer;
  /** Whom it asks about volumes and containers, and the addresses that these have; any where empty. @default - nobody */
  readonly kubelets?: KubeletProps & { readonly cidrs: readonly string[] };
}

/** "nobody" of the image. */
const UID = 65534;
const TOKEN = apiToken({ defaultMode: 0o440 });
const RBAC = 'rbac.authorization.k8s.io';

/**
 * Prometheus without an operator: what it scrapes and computes is in files. It finds pods by the API server, and may list
 * them in the namespaces of the platform alone. Of the cluster it may read what kubelets measure.
 *
 * A new file starts the pod anew. It reads back what it had in memory, and an alert that was there is there again; one that
 * waited for less than ten minutes starts waiting anew (RestoreForState in rules/group.go of Prometheus 3.16).
 */
export class Prometheus extends MonitoredComponent {
  readonly endpoint: Endpoint;

  constructor(
    scope: Construct,
    private readonly props: PrometheusProps,
  ) {
    super(scope, { name: NAME, stage: '60-apps', namespace: props.namespace, version: props.image.label });
    const pods = prometheusPods(props.namespace);
    const { origin } = this.connect(pods, props.alertmanager);
    this.allow(pods, { kind: 'apiServer' }, ...props.apiServerPorts);
    // Itself, too.
    this.scrape(
      { kind: 'file', namespace: props.namespace, labels: {}, pods },
      { name: NAME, pods, port: PORT, path: '/metrics' },
    );
    const scrapes = [...props.scrapes, ...this.scrapes];
    const account = serviceAccount(this, 'account', NAME, props);
    const { kubelets } = props;
    const found = [...scrapes.map(({ namespace }) => namespace), ...(kubelets?.namespaces ?? [])];
    for (const namespace of new Set(found)) this.mayList(namespace, account.name);
    if (kubelets) this.mayAskKubelets(pods, kubelets.cidrs, account.name);
    const authority = this.authority(scrapes);
    const config = configFiles({
      ...props,
      scrapes,
      alertmanager: new URL(origin).host,
      authorityFile: authority && `${PATHS.authority}/${AUTHORITY_FILE}`,
      kubelets: kubelets && { ...kubelets, namespace: props.namespace, tokenPath: TOKEN.path },
    });
    this.endpoint = this.server(pods, account.name, config, authority);
  }

  private server(
    pods: Pods,
    serviceAccountName: string,
    config: Readonly<Record<string, string>>,
    authority: k8s.Volume | undefined,
  ): Endpoint {
    const { objectives } = this.props;
    const files = new k8s.KubeConfigMap(this, 'config', { metadata: { name: NAME }, data: { ...config } });
    return stackServer(this, {
      name: NAME,
      settings: this.props,
      pods,
      podLabels: this.podLabels(pods),
      podAnnotations: checksum('config', ...Object.values(config), ...objectives),
      port: PORT,
      serviceAccountName,
      uid: UID,
      dataPath: PATHS.data,
      mounts: [
        { volume: configMapVolume('config', files), path: PATHS.config },
        ...(objectives.length > 0 ? [{ volume: this.objectives(objectives), path: PATHS.objectives }] : []),
        ...(authority ? [{ volume: authority, path: PATHS.authority }] : []),
        TOKEN,
      ],
      // It writes what is in memory.
      terminationGracePeriodSeconds: 120,
      container: serverContainer(this.props),
    });
  }

  /** A Role in a namespace, since a ClusterRole would be about every pod of the cluster. */
  private mayList(namespace: string, account: string): void {
    const metadata = { name: `${NAME}-${this.props.namespace}`, namespace };
    new k8s.KubeRole(this, `${namespace}-role`, {
      metadata,
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    });
    new k8s.KubeRoleBinding(this, `${namespace}-binding`, {
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: this.props.namespace }],
    });
  }

  /** Of any node, since a Role is about objects of a namespace, and nodes are in none. */
  private mayAskKubelets(pods: Pods, cidrs: readonly string[], account: string): void {
    const peers: Peer[] = cidrs.length > 0 ? cidrs.map((cidr) => ({ kind: 'cidr', cidr })) : [{ kind: 'anywhere' }];
    for (const peer of peers) this.allow(pods, peer, KUBELET_PORT);
    // Its name has the namespace, so that a second platform would not take it over.
    const metadata = { name: `${NAME}-kubelets-${this.props.namespace}` };
    new k8s.KubeClusterRole(this.clusterScope, 'kubelets-role', {
      metadata,
      rules: [{ apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] }],
    });
    new k8s.KubeClusterRoleBinding(this.clusterScope, 'kubelets-binding', {
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: this.props.namespace }],
    });
  }

  private authority(scrapes: readonly PodScrape[]): k8s.Volume | undefined {
    const { issuer } = this.props;
    if (!issuer || !scrapes.some(({ tls }) => tls)) return undefined;
    this.requireInstalled(PREREQUISITES.certManager);
    return authorityVolume(this, `${NAME}-authority`, { kind: 'issuer', issuer });
  }

  /** The files of thousands of models do not fit into one ConfigMap. */
  private objectives(texts: readonly string[]): k8s.Volume {
    const sources = texts.map((text, index) => {
      const name = `${NAME}-objectives-${index + 1}`;
      const data = { [`objectives-${index + 1}.yaml`]: text };
      return { configMap: { name: new k8s.KubeConfigMap(this, name, { metadata: { name }, data }).name } };
    });
    return { name: 'objectives', projected: { sources } };
  }
}

const serverContainer = ({ logging }: PrometheusProps): ServerProps['container'] => ({
  args: [
    `--config.file=${PATHS.config}/${CONFIG_FILE}`,
    `--web.listen-address=:${PORT.containerPort}`,
    `--storage.tsdb.path=${PATHS.data}`,
    ...logArguments(logging),
  ],
  ...probes({
    // It reads its log of writes before it is ready.
    startup: { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 180 },
    ready: httpCheck(PORT, '/-/ready'),
    live: httpCheck(PORT, '/-/healthy'),
  }),
});
