/** The part of MLflow's REST API that resolving a model needs: https://mlflow.org/docs/latest/rest-api.html */
import * as z from 'zod';
import { UsageError } from '../command';

const keyValue = z.object({ key: z.string(), value: z.number(), step: z.coerce.number().default(0) });
const modelVersion = z.object({
  name: z.string(),
  version: z.coerce.string(),
  source: z.string().default(''),
  run_id: z.string().optional(),
  status: z.string().default('READY'),
});
const loggedModel = z.object({
  info: z.object({
    model_id: z.string(),
    name: z.string().default(''),
    artifact_uri: z.string(),
    source_run_id: z.string().optional(),
    status: z.string().default('LOGGED_MODEL_READY'),
  }),
  data: z.object({ metrics: z.array(keyValue).default([]) }).prefault({}),
});
const run = z.object({
  info: z.object({ run_id: z.string(), artifact_uri: z.string(), lifecycle_stage: z.string().default('active') }),
  data: z.object({ metrics: z.array(keyValue).default([]) }).prefault({}),
  outputs: z
    .object({
      model_outputs: z.array(z.object({ model_id: z.string(), step: z.coerce.number().default(0) })).default([]),
    })
    .prefault({}),
});
const listing = z.object({
  files: z
    .array(z.object({ path: z.string(), is_dir: z.boolean().default(false), file_size: z.coerce.number().default(0) }))
    .default([]),
});
const failure = z.object({ message: z.string() });

export type ModelVersion = z.output<typeof modelVersion>;
export type LoggedModel = z.output<typeof loggedModel>;
export type Run = z.output<typeof run>;
export type ListedFile = z.output<typeof listing>['files'][number];

/** An answer of the server that says no: the thing is not there, or may not be seen. */
export class MlflowError extends Error {}

/** How to log in, as MLflow's own client reads it from the environment. */
export interface Login {
  readonly MLFLOW_TRACKING_USERNAME?: string;
  readonly MLFLOW_TRACKING_PASSWORD?: string;
  readonly MLFLOW_TRACKING_TOKEN?: string;
}

/** A tracking server that proxies its artifacts. */
export class MlflowServer {
  private readonly headers: Readonly<Record<string, string>>;

  /**
   * @param address such as "http://localhost:5000"
   * @throws UsageError when that is no address of a server
   */
  constructor(
    readonly address: string,
    login: Login,
  ) {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw new UsageError(
        `--server: must be the address of an MLflow server, not "${address}", such as "http://localhost:5000"`,
      );
    }
    if (url.username !== '' || url.password !== '') {
      throw new UsageError('--server: must have no login; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD');
    }
    const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = login;
    const basic = () => Buffer.from(`${user}:${password ?? ''}`).toString('base64');
    this.headers = token ? { authorization: `Bearer ${token}` } : user ? { authorization: `Basic ${basic()}` } : {};
    this.address = address.replace(/\/+$/, '');
  }

  /** What tells this server's registry from every other: when its database was made. */
  async registry(): Promise<string> {
    const answer = z.object({ experiment: z.object({ creation_time: z.coerce.number() }) });
    const { experiment } = await this.get('mlflow/experiments/get', { experiment_id: '0' }, answer);
    return new Date(experiment.creation_time).toISOString();
  }

  async versionByAlias(name: string, alias: string): Promise<ModelVersion> {
    return (
      await this.get('mlflow/registered-models/alias', { name, alias }, z.object({ model_version: modelVersion }))
    ).model_version;
  }

  async version(name: string, version: string): Promise<ModelVersion> {
    return (await this.get('mlflow/model-versions/get', { name, version }, z.object({ model_version: modelVersion })))
      .model_version;
  }

  /** Where the files of a registered version are, whatever its source is called. */
  async downloadUri(name: string, version: string): Promise<string> {
    return (
      await this.get(
        'mlflow/model-versions/get-download-uri',
        { name, version },
        z.object({ artifact_uri: z.string() }),
      )
    ).artifact_uri;
  }

  async loggedModel(id: string): Promise<LoggedModel> {
    return (await this.get(`mlflow/logged-models/${encodeURIComponent(id)}`, {}, z.object({ model: loggedModel })))
      .model;
  }

  async run(id: string): Promise<Run> {
    return (await this.get('mlflow/runs/get', { run_id: id }, z.object({ run }))).run;
  }

  /** The entries of a folder of the artifact store; empty where there is no such folder. */
  async list(path: string): Promise<ListedFile[]> {
    return (await this.get('mlflow-artifacts/artifacts', { path }, listing)).files;
  }

  /** The bytes of a file of the artifact store. */
  async *read(path: string): AsyncIterable<Uint8Array> {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    const response = await this.request(`mlflow-artifacts/artifacts/${encoded}`);
    if (!response.ok || response.body === null) throw await this.refusal(response);
    yield* response.body as AsyncIterable<Uint8Array>;
  }

  private async get<T>(path: string, query: Record<string, string>, schema: z.ZodType<T>): Promise<T> {
    const search = new URLSearchParams(query).toString();
    const response = await this.request(search === '' ? path : `${path}?${search}`, AbortSignal.timeout(60_000));
    if (!response.ok) throw await this.refusal(response);
    const answer = schema.safeParse(await response.json().catch(() => undefined));
    if (answer.success) return answer.data;
    throw this.stranger(path);
  }

  private async request(path: string, signal?: AbortSignal): Promise<Response> {
    try {
      return await fetch(`${this.address}/api/2.0/${path}`, { headers: this.headers, signal });
    } catch (error) {
      throw new Error(
        `cannot reach the MLflow server at ${this.address} (${reason(error)}); ` +
          'is "kubectl port-forward -n mlflow svc/mlflow 5000" running? --server names another address',
      );
    }
  }

  private async refusal(response: Response): Promise<Error> {
    const body = await response.text().catch(() => '');
    const { status } = response;
    if (status === 401 || (status === 403 && !body.includes('Host'))) {
      return new Error(
        `${this.address} refuses the login (HTTP ${status}); set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD`,
      );
    }
    const said = failure.safeParse(tryJson(body));
    return said.success ? new MlflowError(said.data.message) : this.stranger(`HTTP ${status}`);
  }

  private stranger(what: string): Error {
    return new Error(`${this.address} does not answer as an MLflow server does (${what}); --server names another`);
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The innermost cause, which says more than "fetch failed". */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as { code?: string; message?: string } | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
