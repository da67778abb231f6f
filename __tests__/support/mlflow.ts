/**
 * Answers as an MLflow 3.17 server gives them, for what a test cannot ask of a real one in a second: faults, and
 * registries in a certain state. `npm run loop` does the same against the real server.
 */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Version {
  readonly source: string;
  readonly run_id?: string;
  readonly status?: string;
}

/** What the server has. Everything may be changed while it runs. */
export class FakeMlflow {
  /** When the registry's database was made, in milliseconds. */
  created = Date.UTC(2026, 0, 2);
  /** Text of files by their path in the artifact store. */
  files: Record<string, string> = {};
  /** Registered versions, by "name/version". */
  versions: Record<string, Version> = {};
  /** Versions by "name@alias". */
  aliases: Record<string, string> = {};
  /** The folder of a logged model, and its metrics. */
  logged: Record<string, { name: string; folder: string; run?: string; metrics?: Record<string, number> }> = {};
  /** Metrics of a run, the logged models it made, and the folder of its artifacts. */
  runs: Record<string, { metrics: Record<string, number>; models?: string[]; folder: string; deleted?: boolean }> = {};
  /** Answers everything instead, where it is set. */
  instead?: { status: number; body: string };

  private constructor(private readonly server: Server) {
    server.on('request', ({ url = '' }, response) => this.answer(new URL(url, 'http://x'), response));
  }

  static async start(): Promise<FakeMlflow> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeMlflow(server);
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer({ pathname, searchParams: query }: URL, response: ServerResponse): void {
    if (this.instead) {
      response.writeHead(this.instead.status).end(this.instead.body);
      return;
    }
    const path = decodeURIComponent(pathname.replace('/api/2.0/', ''));
    const file = this.files[path.replace('mlflow-artifacts/artifacts/', '')];
    if (path.startsWith('mlflow-artifacts/artifacts/')) {
      if (file === undefined) refuse(response, 404, `No such artifact: '${path}'`);
      else response.end(file);
      return;
    }
    const body = this.look(path, query);
    if (typeof body === 'string') refuse(response, 404, body);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  }

  /** The answer, or why there is none. */
  private look(path: string, query: URLSearchParams): object | string {
    const name = query.get('name');
    if (path === 'mlflow/experiments/get') return { experiment: { experiment_id: '0', creation_time: this.created } };
    if (path === 'mlflow/registered-models/alias') {
      const version = this.aliases[`${name}@${query.get('alias')}`];
      return version ? this.version(`${name}`, version) : `Registered model alias ${query.get('alias')} not found.`;
    }
    if (path === 'mlflow/model-versions/get') return this.version(`${name}`, `${query.get('version')}`);
    if (path === 'mlflow/model-versions/get-download-uri') {
      const source = this.versions[`${name}/${query.get('version')}`]?.source ?? '';
      const model = this.logged[source.replace('models:/', '')];
      return { artifact_uri: model ? `mlflow-artifacts:/${model.folder}` : source };
    }
    if (path === 'mlflow-artifacts/artifacts') return this.list(`${query.get('path')}/`);
    if (path.startsWith('mlflow/logged-models/')) return this.loggedModel(path.replace('mlflow/logged-models/', ''));
    if (path === 'mlflow/runs/get') return this.run(`${query.get('run_id')}`);
    return `no ${path}`;
  }

  private version(name: string, version: string): object | string {
    const found = this.versions[`${name}/${version}`];
    if (!found) return `Model Version (name=${name}, version=${version}) not found`;
    return { model_version: { name, version, status: 'READY', ...found } };
  }

  private loggedModel(id: string): object | string {
    const model = this.logged[id];
    if (!model) return `Logged model with ID '${id}' not found.`;
    return {
      model: {
        info: {
          model_id: id,
          name: model.name,
          artifact_uri: `mlflow-artifacts:/${model.folder}`,
          status: 'LOGGED_MODEL_READY',
          source_run_id: model.run,
        },
        data: { metrics: metrics(model.metrics ?? {}) },
      },
    };
  }

  private run(id: string): object | string {
    const run = this.runs[id];
    if (!run) return `Run with id=${id} not found`;
    return {
      run: {
        info: {
          run_id: id,
          artifact_uri: `mlflow-artifacts:/${run.folder}`,
          lifecycle_stage: run.deleted ? 'deleted' : 'active',
        },
        data: { metrics: metrics(run.metrics) },
        outputs: { model_outputs: (run.models ?? []).map((model_id, step) => ({ model_id, step })) },
      },
    };
  }

  private list(folder: string): object {
    const below = Object.keys(this.files).filter((path) => path.startsWith(folder));
    const names = new Set(below.map((path) => path.slice(folder.length).split('/')[0]));
    return { files: [...names].map((path) => ({ path, is_dir: !below.includes(`${folder}${path}`) })) };
  }
}

const metrics = (values: Record<string, number>) =>
  Object.entries(values).map(([key, value]) => ({ key, value, timestamp: 1, step: 0 }));

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status).end(JSON.stringify({ error_code: 'RESOURCE_DOES_NOT_EXIST', message }));
}

/** A file MLmodel as MLflow writes it. */
export function mlmodel(columns: object[], more = ''): string {
  return `flavors:
  python_function:
    loader_module: mlflow.sklearn
  sklearn:
    pickled_model: model.pkl
${more}signature:
  inputs: '${JSON.stringify(columns)}'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
  params: null
`;
}
