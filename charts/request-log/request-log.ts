import type { Construct } from 'constructs';
import { authorityVolume } from '../certificates/authority';
import { checksum } from '../lib/checksum';
import type { Endpoint, Pods } from '../lib/endpoint';
import { cronJob } from '../lib/job';
import { k8s } from '../lib/k8s';
import { podSpec, serviceAccount } from '../lib/pod';
import type { RequiredSecret } from '../lib/secret';
import { endpointOf, service, servicePort } from '../lib/service';
import { configMapVolume } from '../lib/volumes';
import { deployment } from '../lib/workload';
import { MLFLOW_UID } from '../mlflow/mlflow';
import { MonitoredComponent } from '../monitoring/monitored';
import { type BucketAccess, identityEdges } from '../object-store/bucket';
import { bucketKey, type Client, HTTP, METRICS, receiverContainer, retentionContainer } from './containers';
import eventsScript from './events.py';
import type { LogSource, RequestLogProps } from './props';
import receiverScript from './receiver.py';
import retentionScript from './retention.py';
import spoolScript from './spool.py';

const NAME = 'request-log';
const RETENTION = `${NAME}-retention`;
const RECEIVER_SCRIPTS = { 'events.py': eventsScript, 'receiver.py': receiverScript, 'spool.py': spoolScript };
/** Five for those who still send, thirty for a caller that is slow, and forty to put what is left. */
const GRACE_SECONDS = 90;
/** Six hours, in which many more objects are deleted than a day adds. What a run has deleted stays deleted. */
const RETENTION_DEADLINE_SECONDS = 6 * 3600;

/**
 * Keeps what models were asked and have answered, as Seldon's executor posts it, in a bucket of its own, and deletes it after
 * some days. Receivers are not in the namespaces of the models: whoever may change a model may not change its log.
 */
export class RequestLog extends MonitoredComponent {
  /** Where executors post, by the namespace of their models. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  private readonly authority?: k8s.Volume;
  private readonly scripts: k8s.Volume;

  constructor(
    scope: Construct,
    private readonly props: RequestLogProps,
  ) {
    super(scope, { name: NAME, stage: '40-tracking', namespace: props.namespace, version: props.image.label });
    const { write, remove } = props.bucket;
    this.authority = write.endpoint.tls ? authorityVolume(this, `${NAME}-client`, write.authority) : undefined;
    const data = { ...RECEIVER_SCRIPTS, 'retention.py': retentionScript };
    this.scripts = configMapVolume(
      'scripts',
      new k8s.KubeConfigMap(this, 'scripts', { metadata: { name: NAME }, data }),
    );
    this.deleteOld(remove);
    this.endpoints = this.receive(write);
  }

  private receive(access: BucketAccess): Map<string, Endpoint> {
    const { namespace, sources } = this.props;
    if (sources.length === 0) return new Map();
    const key = this.keyOf(NAME, 'Key of the receivers of logged requests, which adds objects and reads none', access);
    const account = serviceAccount(this, 'account', NAME, this.props);
    return new Map(
      sources.map((source) => {
        const suffix = source.team === undefined ? '' : `-${source.team}`;
        const pods = this.pods(namespace, `receiver${suffix}`, `${NAME}${suffix}`);
        return [source.namespace, this.receiver(pods, source, account.name, this.client(pods, access, key))];
      }),
    );
  }

  private receiver(pods: Pods, source: LogSource, serviceAccountName: string, client: Client): Endpoint {
    const { props } = this;
    const { name } = pods;
    const inFront = service(this, `${name}-service`, { name, pods, ports: [servicePort(HTTP)] });
    deployment(this, name, {
      name,
      replicas: props.replicas,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      podAnnotations: {
        ...this.scrape(props.monitoring, { name, pods, port: METRICS, path: '/metrics', replicas: props.replicas }),
        ...checksum('scripts', JSON.stringify(RECEIVER_SCRIPTS)),
      },
      pod: podSpec({
        serviceAccountName,
        uid: MLFLOW_UID,
        pullSecret: props.pullSecret,
        terminationGracePeriodSeconds: GRACE_SECONDS,
        containers: [receiverContainer(client, source, props)],
      }),
    });
    return endpointOf(inFront, pods, HTTP);
  }

  private deleteOld(access: BucketAccess): void {
    const { props } = this;
    const { schedule, serviceAccount: own = props.serviceAccount } = props.retention;
    const pods = this.pods(props.namespace, 'retention', RETENTION);
    const key = this.keyOf(RETENTION, 'Key that deletes old logged requests, and reads none', access);
    const account = serviceAccount(this, 'retention-account', RETENTION, { serviceAccount: own });
    cronJob(this, 'retention', {
      name: RETENTION,
      schedule,
      concurrencyPolicy: 'Forbid',
      activeDeadlineSeconds: RETENTION_DEADLINE_SECONDS,
      backoffLimit: 3,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      pod: podSpec({
        serviceAccountName: account.name,
        uid: MLFLOW_UID,
        pullSecret: props.pullSecret,
        restartPolicy: 'OnFailure',
        containers: [retentionContainer(this.client(pods, access, key), props)],
      }),
    });
  }

  private keyOf(name: string, purpose: string, access: BucketAccess): RequiredSecret | undefined {
    const key = bucketKey(this.props.namespace, name, purpose, access);
    return key && this.requireSecret(key);
  }

  /** Opens the way to the store for some pods. */
  private client(pods: Pods, access: BucketAccess, key: RequiredSecret | undefined): Client {
    const { origin } = this.connect(pods, access.endpoint);
    for (const { from, to, ports } of identityEdges(pods, access)) this.allow(from, to, ...ports);
    return { access, origin, key, authority: this.authority, scripts: this.scripts };
  }
}
