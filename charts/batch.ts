import { createHash } from 'node:crypto';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Image } from './images';
import { Component } from './lib/component';
import type { Pods } from './lib/endpoint';
import { oneTimeJob } from './lib/job';
import { RequiredSecret, secretText } from './lib/secret';
import { RESTRICTED_CONTAINER } from './lib/security';
import { imageOf, podBase, type Resources, resourceRequirements, scratchVolume, serviceAccount } from './lib/workload';
import type { ModelEndpoint } from './models';
import { type BucketAccess, s3Origin } from './object-store';

export interface BatchProps {
  readonly namespace: string;
  /** Name of the model. */
  readonly model: string;
  readonly endpoint: ModelEndpoint;
  /** Has rclone: copies objects. */
  readonly copier: Image;
  /** Has Python and seldon-batch-processor. */
  readonly processor: Image;
  readonly pullSecret?: string;
  /** Where the rows are and the answers go; needs to be read-write. */
  readonly store: BucketAccess;
  /** Ports of the API server, which Argo's own containers report to. */
  readonly apiServerPorts: readonly number[];
  readonly engine: 'kubernetes' | 'argo';
  /** An object or a prefix, such as "s3://models/in/". */
  readonly input: string;
  /** A prefix. */
  readonly output: string;
  /** @default - once */
  readonly schedule?: string;
  /** @default - the controller's */
  readonly timeZone?: string;
  readonly concurrencyPolicy: string;
  readonly workers: number;
  /** Tries of a request, the first one included. */
  readonly retries: number;
  readonly retryDelay: number;
  readonly timeout: number;
  readonly batchSize: number;
  readonly dataType: string;
  readonly payloadType: string;
  readonly method: 'predict' | 'feedback';
  /** Percent of the rows of an object; with more nothing is written. */
  readonly maxFailedPercent: number;
  readonly backoffLimit: number;
  /** Seconds for each attempt. */
  readonly deadline: number;
  /** Of what predicts. */
  readonly resources: Resources & { readonly limits: { readonly 'ephemeral-storage': string } };
}

/** The user of Seldon's images. */
const UID = 8888;
const WORK = '/work';
const SCRIPT_PATH = '/opt/batch';
/** Late runs that are still started, in seconds. */
const STARTING_DEADLINE = 3600;
/** Seldon's path for rewards, beside the one for predictions. */
const FEEDBACK_PATH = '/api/v1.0/feedback';
const COPY_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '64Mi' },
};

/**
 * Sends the rows of a bucket's objects through a model and keeps the answers there. One pod does it, whatever starts it:
 * it fetches all objects, predicts all, and only then writes, so that nobody sees half of a result, and a second run
 * writes the same names again.
 */
export class Batch extends Component {
  constructor(
    scope: Construct,
    private readonly props: BatchProps,
  ) {
    super(scope, {
      name: `batch-${props.model}`,
      stage: '55-batch',
      namespace: props.namespace,
      version: props.processor.label,
    });
    const pods = this.pods(props.namespace, 'job');
    const secret = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name: this.componentName,
        purpose: `Configuration of the rclone remote "s3" that the batch of ${props.model} reads and writes`,
        data: {
          RCLONE_CONFIG_S3_TYPE: secretText`s3`,
          RCLONE_CONFIG_S3_PROVIDER: secretText`Minio`,
          RCLONE_CONFIG_S3_ENV_AUTH: secretText`false`,
          RCLONE_CONFIG_S3_ENDPOINT: secretText`${s3Origin(props.store)}`,
          RCLONE_CONFIG_S3_ACCESS_KEY_ID: secretText`${props.store.accessKeyId}`,
          RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: secretText`${props.store.secretAccessKey}`,
        },
      }),
    );
    this.connect(pods, props.store.endpoint);
    const { origin } = this.connect(pods, props.endpoint.endpoint);
    const account = serviceAccount(this, 'account', this.componentName);
    const files = new k8s.KubeConfigMap(this, 'script', {
      metadata: { name: this.componentName },
      data: { 'batch.py': SCRIPT },
    });
    const url = origin + (props.method === 'feedback' ? FEEDBACK_PATH : props.endpoint.path);
    const spec: k8s.PodSpec = {
      ...podBase({ serviceAccountName: account.name, uid: UID, pullSecret: props.pullSecret }),
      // A new pod for each attempt, which starts with nothing, and the old one's log stays.
      restartPolicy: 'Never',
      activeDeadlineSeconds: props.deadline,
      initContainers: [this.copy('fetch', secret, [remote(props.input), `${WORK}/in`]), this.predict(url)],
      // Each object is one PUT; what is there with the same content stays as it is.
      containers: [this.copy('upload', secret, ['--checksum', `${WORK}/out`, remote(props.output)])],
      volumes: [
        scratchVolume('work', props.resources.limits['ephemeral-storage']),
        scratchVolume('tmp', '64Mi'),
        { name: 'script', configMap: { name: files.name } },
      ],
    };
    if (props.engine === 'argo') this.argo(pods, spec);
    else this.kubernetes(pods, spec);
  }

  private copy(name: string, secret: RequiredSecret, args: readonly string[]): k8s.Container {
    return {
      name,
      ...imageOf(this.props.copier),
      // The key may not make buckets. Nor list where it writes, which may have any number of objects.
      command: ['rclone', 'copy', '--s3-no-check-bucket', '--no-traverse', ...args],
      env: [{ name: 'HOME', value: '/tmp' }],
      envFrom: [{ secretRef: { name: secret.name } }],
      resources: resourceRequirements(COPY_RESOURCES),
      securityContext: RESTRICTED_CONTAINER,
      volumeMounts: [
        { name: 'work', mountPath: WORK },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    };
  }

  private predict(url: string): k8s.Container {
    const { props } = this;
    const env = {
      HOME: '/tmp',
      WORK,
      MODEL_URL: url,
      MODEL_PROTOCOL: props.endpoint.protocol,
      ROW_TYPE: props.dataType,
      PAYLOAD_TYPE: props.payloadType,
      ROWS_PER_REQUEST: props.batchSize,
      REQUEST_TIMEOUT: props.timeout,
      RETRY_DELAY: props.retryDelay,
      MAX_FAILED_PERCENT: props.maxFailedPercent,
      // What seldon-batch-processor reads itself.
      SELDON_BATCH_DEPLOYMENT_NAME: props.model,
      SELDON_BATCH_NAMESPACE: props.namespace,
      SELDON_BATCH_GATEWAY_TYPE: 'seldon',
      SELDON_BATCH_METHOD: props.method,
      SELDON_BATCH_WORKERS: props.workers,
      SELDON_BATCH_RETRIES: props.retries,
      SELDON_BATCH_LOG_LEVEL: 'error',
    };
    return {
      name: 'predict',
      ...imageOf(props.processor),
      command: ['python', `${SCRIPT_PATH}/batch.py`],
      env: Object.entries(env).map(([name, value]) => ({ name, value: String(value) })),
      resources: resourceRequirements(props.resources),
      securityContext: RESTRICTED_CONTAINER,
      volumeMounts: [
        { name: 'work', mountPath: WORK },
        { name: 'tmp', mountPath: '/tmp' },
        { name: 'script', mountPath: SCRIPT_PATH, readOnly: true },
      ],
    };
  }

  private kubernetes(pods: Pods, spec: k8s.PodSpec): void {
    const { schedule, timeZone, concurrencyPolicy, backoffLimit } = this.props;
    const name = this.componentName;
    const podLabels = this.podLabels(pods);
    if (schedule === undefined) {
      oneTimeJob(this, 'job', { name, labels: pods.labels, podLabels, backoffLimit, spec, content: SCRIPT });
      return;
    }
    new k8s.KubeCronJob(this, 'job', {
      metadata: { name },
      spec: {
        schedule,
        timeZone,
        concurrencyPolicy,
        // Without a deadline a CronJob stops for good after a hundred missed runs.
        startingDeadlineSeconds: STARTING_DEADLINE,
        jobTemplate: { spec: { backoffLimit, template: { metadata: { labels: podLabels }, spec } } },
      },
    });
  }

  private argo(pods: Pods, pod: k8s.PodSpec): void {
    const { schedule, timeZone, concurrencyPolicy, backoffLimit, deadline, apiServerPorts } = this.props;
    this.allow(pods, { kind: 'apiServer' }, ...apiServerPorts);
    const name = this.componentName;
    const role = new k8s.KubeRole(this, 'role', {
      metadata: { name },
      rules: [{ apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] }],
    });
    new k8s.KubeRoleBinding(this, 'role-binding', {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role.name },
      subjects: [{ kind: 'ServiceAccount', name: pod.serviceAccountName ?? '', namespace: this.props.namespace }],
    });
    const { initContainers, containers, volumes, securityContext, imagePullSecrets } = k8s.toJson_PodSpec(pod) ?? {};
    const spec = {
      entrypoint: 'batch',
      serviceAccountName: pod.serviceAccountName,
      ...(imagePullSecrets && { imagePullSecrets }),
      securityContext,
      podMetadata: { labels: this.podLabels(pods) },
      podSpecPatch: JSON.stringify(ARGO_PATCH),
      templates: [
        {
          name: 'batch',
          activeDeadlineSeconds: deadline,
          retryStrategy: { limit: String(backoffLimit), retryPolicy: 'Always' },
          initContainers,
          container: { ...containers[0], name: '' },
          volumes,
        },
      ],
    };
    const kind = schedule === undefined ? 'Workflow' : 'CronWorkflow';
    const once = createHash('sha256')
      .update(JSON.stringify([SCRIPT, spec]))
      .digest('hex')
      .slice(0, 8);
    new ApiObject(this, 'workflow', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind,
      metadata: { name: schedule === undefined ? `${name}-${once}` : name, labels: { ...pods.labels } },
      spec:
        schedule === undefined
          ? spec
          : {
              schedules: [schedule],
              ...(timeZone && { timezone: timeZone }),
              concurrencyPolicy,
              startingDeadlineSeconds: STARTING_DEADLINE,
              workflowSpec: spec,
            },
    });
  }
}

/** rclone's name for a place, such as "s3:lake/in" for "s3://lake/in/". */
const remote = (uri: string) => uri.replace('s3://', 's3:').replace(/\/+$/, '');

/** What Argo's own containers need of what the others must not have: a token, by which they report how a pod ended. */
const ARGO_PATCH = {
  // The Workflow's field of this name would ask for a Secret with a token that never ends.
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  initContainers: [argoContainer('init')],
  containers: [argoContainer('wait')],
  volumes: [
    {
      name: 'token',
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        ],
      },
    },
  ],
};

function argoContainer(name: string) {
  // They write outside of volumes (argo-workflows#10787).
  const { readOnlyRootFilesystem: _, ...securityContext } = RESTRICTED_CONTAINER;
  const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
  return { name, securityContext, volumeMounts: [{ name: 'token', mountPath, readOnly: true }] };
}

/**
 * seldon-batch-processor 1.17.1 alone speaks one protocol, forgets what the model said of a row that failed, waits for an
 * answer for ever, tries again at once, and hangs or loses rows where one of a batch is bad. So it asks the model through
 * this program, which gives it every row as a message that it can take, and puts its answers back into their order.
 */
const SCRIPT = String.raw`"""Sends the rows of each object in $WORK/in through a model: answers to $WORK/out, rows without one to out/failed."""
import json, os, pathlib, socket, subprocess, sys, threading, time, urllib.error, urllib.parse, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

env = os.environ
URL, PROTOCOL, ROW_TYPE = env["MODEL_URL"], env["MODEL_PROTOCOL"], env["ROW_TYPE"]
WORK = pathlib.Path(env["WORK"])
ROWS, RAW, ANSWERS = WORK / "rows", WORK / "raw", WORK / "answers"
errors = {}  # by row: seldon-batch-processor keeps nothing of what the model says


def request(row):
    """A row as a message of the seldon protocol, the only one that seldon-batch-processor knows."""
    if PROTOCOL != "seldon":
        return {"jsonData": dict(row)}
    if ROW_TYPE == "raw":
        row.get("data", {}).setdefault("names", [])  # it makes no batch without
        return row
    if ROW_TYPE != "data":
        return {{"str": "strData", "json": "jsonData"}[ROW_TYPE]: row}
    tensor = {"shape": [len(row), len(row[0])], "values": sum(row, [])}
    return {"data": {"names": [], **({"tensor": tensor} if env["PAYLOAD_TYPE"] == "tensor" else {"ndarray": row})}}


def size(data):
    return data["tensor"]["shape"][0] if "tensor" in data else len(data["ndarray"])


def ask(message, tags):
    """The model's answer, with tags that say which row it is for."""
    body = message if PROTOCOL == "seldon" else message["jsonData"]
    if PROTOCOL == "v2":
        body.setdefault("id", str(tags["batch_index"]))  # or the server makes up another one in each run
    call = urllib.request.Request(URL, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(call, timeout=int(env["REQUEST_TIMEOUT"])) as response:
        answer = json.load(response)
    meta = answer["meta"] = answer.get("meta") or {}
    meta["tags"] = {**(meta.get("tags") or {}), **tags}
    # seldon-batch-processor would hang on a batch that it cannot take apart.
    if "data" in message and "batch_index" not in tags and (
        message["data"].keys() & answer["data"].keys() & {"ndarray", "tensor"} == set()
        or size(message["data"]) != size(answer["data"])
    ):
        raise ValueError("an answer of another shape than the batch")
    return answer


class Bridge(BaseHTTPRequestHandler):
    """Stands in for the model: translates the protocol, limits the time, keeps the errors, waits before the next try."""

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        tags = message.get("meta", {}).get("tags", {})
        try:
            status, answer = 200, ask(message, tags)
        except Exception as error:
            said = error.read(2000).decode(errors="replace") if isinstance(error, urllib.error.HTTPError) else ""
            errors[tags.get("batch_index")] = " ".join([str(error), said]).strip()
            if not 400 <= getattr(error, "code", 500) < 429:
                time.sleep(int(env["RETRY_DELAY"]))
            status, answer = 502, {}
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_):
        pass


def send(source, name, rows, batch, port):
    """Sends these rows. Adds answers to ANSWERS; returns where each is, and why others have none."""
    with source.open("rb") as lines, ROWS.open("w") as out:
        out.writelines(json.dumps(request(json.loads(line))) + "\n" for n, line in enumerate(lines) if n in rows)
    errors.clear()
    subprocess.run(
        ["seldon-batch-processor", "--data-type=raw", f"--host=127.0.0.1:{port}", f"--batch-size={batch}"]
        + [f"--batch-id={name}", f"--input-data-path={ROWS}", f"--output-data-path={RAW}"],
        check=True,
    )
    order, places, reasons = sorted(rows), {}, {}
    with RAW.open() as raw, ANSWERS.open("ab") as good:
        for answer in map(json.loads, raw):
            tags = answer["meta"].get("tags", answer["meta"])
            if "batch_index" not in tags:
                continue  # one fault for a whole batch
            index, status = tags["batch_index"], answer.get("status") or {}
            if status.get("status") in (1, "FAILURE"):
                reasons[order[index]] = errors.get(index) or status.get("reason") or errors.get(None)
                continue
            tags.pop("batch_instance_id", None)  # another one in each run
            tags["batch_index"] = order[index]
            places[order[index]] = good.tell()
            good.write(json.dumps(answer).encode() + b"\n")
    return places, reasons


def predict(source, name, port):
    ANSWERS.write_bytes(b"")
    rows, places, reasons, failed = set(), {}, {}, 0
    with source.open("rb") as lines:
        for number, line in enumerate(lines):
            try:
                if line.strip() and request(json.loads(line)):
                    rows.add(number)
            except Exception as error:
                reasons[number] = f"not a row: {error!r}"
    for batch in dict.fromkeys([int(env["ROWS_PER_REQUEST"]), 1]):  # a row that fails takes its batch with it
        left = rows - places.keys()
        found, why = send(source, name, left, batch, port) if left else ({}, {})
        places.update(found)
        reasons.update(why)
    target, dead = WORK / "out" / name, WORK / "out" / "failed" / name
    for path in (target, dead):
        path.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as lines, ANSWERS.open("rb") as good, target.open("wb") as out, dead.open("w") as lost:
        for number, line in enumerate(lines):
            if number in places:
                good.seek(places[number])
                out.write(good.readline())
            elif line.strip():
                failed += 1
                row = {"row": number, "error": reasons.get(number) or "no answer", "input": line.decode(errors="replace")}
                lost.write(json.dumps(row) + "\n")
    total = len(places) + failed
    print(f"{name}: {failed} of {total} rows failed", flush=True)
    if failed * 100 > int(env["MAX_FAILED_PERCENT"]) * total:
        sys.exit(f"too many, nothing is written; the first of them:\n{dead.open().read(4000)}")


def wait(place):
    for _ in range(120):
        try:
            return socket.create_connection((place.hostname, place.port), timeout=5).close()
        except OSError as error:
            print(f"waiting for {place.netloc}: {error}", flush=True)
            time.sleep(5)
    sys.exit(f"no model at {place.netloc}")


wait(urllib.parse.urlsplit(URL))
ThreadingHTTPServer.request_queue_size = 128
server = ThreadingHTTPServer(("127.0.0.1", 0), Bridge)
threading.Thread(target=server.serve_forever, daemon=True).start()
for source in sorted(path for path in (WORK / "in").rglob("*") if path.is_file()):
    name = source.relative_to(WORK / "in").as_posix()
    if name.startswith("failed/"):
        sys.exit(f"{name}: its answers would lie among the failed rows")
    predict(source, name, server.server_port)
`;
