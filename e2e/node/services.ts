/** What users rely on, asked of the running services. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { same } from '../cluster/checks';
import { finished, run } from '../cluster/commands';
import { close, documentedProgram, documentedRequest, predictionOf } from '../software/predictions';
import { TRACKING, type WineModel } from '../software/wine-models';
import { CLIENT } from './client';
import type { RunningPlatform } from './running-platform';

/** MLflow's role in PostgreSQL may what it must, and its tables lie in their schema. */
export async function roles(platform: RunningPlatform): Promise<string> {
  same(
    await platform.sql(`select (select count(*) > 20 from pg_tables where schemaname = 'mlflow'),
      (select count(*) from pg_tables where schemaname = 'public'),
      (select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = 'mlflow'),
      has_schema_privilege('mlflow', 'public', 'create')`),
    't|0|f|f',
  );
  return 'tables in mlflow, none in public; no superuser, may not create in public';
}

export async function initTwice(platform: RunningPlatform): Promise<string> {
  await platform.exec('postgres', 'postgresql-0', '/docker-entrypoint-initdb.d/mlflow.sh');
  return roles(platform);
}

export function anonymous(platform: RunningPlatform): Promise<string> {
  return platform.forward('minio-system', 'svc/minio', '9000', async () => {
    const paths = ['/', '/models/', '/models/wine/mlflow-wine/1/MLmodel'];
    const answers = await Promise.all(paths.map((path) => fetch(`http://localhost:9000${path}`)));
    same(
      answers.map(({ status }) => status),
      [403, 403, 403],
    );
    return `403 for ${paths.join(', ')}`;
  });
}

/** Each key to the object store can do its part and no more. */
export function keys(platform: RunningPlatform): Promise<string> {
  return platform.forward('minio-system', 'svc/minio', '9000', async () => {
    const file = join(platform.props.work, 'file');
    writeFileSync(file, 'x');
    const tries = async (user: string) => {
      const can = async (...args: string[]) => (await platform.mc(...args)).status === 0;
      return {
        read: await can('cat', `${user}/models/wine/mlflow-wine/1/MLmodel`),
        write: await can('cp', file, `${user}/models/try-${user}`),
        delete: await can('rm', `${user}/models/try-mlflow`),
        'make a bucket': await can('mb', `${user}/other`),
        'list users': await can('admin', 'user', 'list', user),
      };
    };
    const none = { read: false, write: false, delete: false, 'make a bucket': false, 'list users': false };
    // The reader first, while what the other writes is not yet there to be deleted.
    same(await tries('seldon'), { ...none, read: true });
    same(await tries('mlflow'), { ...none, read: true, write: true, delete: true });
    return `tried with each key: ${Object.keys(none).join(', ')}; seldon may read, mlflow read, write and delete`;
  });
}

/** Health, metrics, and the names that it is called by. */
export function mlflowAnswers(platform: RunningPlatform): Promise<string> {
  return platform.forward('mlflow', 'svc/mlflow', '5000', async () => {
    const status = (host: string, path: string) => {
      const args = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', `Host: ${host}`, `${TRACKING}${path}`];
      return finished(run('curl', args, '/'));
    };
    const get = '/api/2.0/mlflow/experiments/get?experiment_id=0';
    const hosts = ['mlflow.mlflow.svc:5000', 'mlflow.mlflow.svc.cluster.local:5000', 'localhost:12345', 'evil.example'];
    same(
      [
        ...hosts.map((host) => status(host, get)),
        status('localhost:5000', '/health'),
        status('localhost:5000', '/metrics'),
      ],
      ['200', '200', '200', '403', '200', '200'],
    );
    return `200 for ${hosts.slice(0, 3).join(', ')}, /health and /metrics; 403 for ${hosts[3]}`;
  });
}

/** A run written from another namespace is in the database and in the bucket. */
export async function runIsKept(platform: RunningPlatform): Promise<string> {
  const id = (await platform.exec(CLIENT.namespace, CLIENT.pod, 'python3', '-c', WRITE_RUN)).trim();
  const row = await platform.sql(`select r.status, p.value, m.value, r.artifact_uri from mlflow.runs r
    join mlflow.params p using (run_uuid) join mlflow.metrics m using (run_uuid) where run_uuid = '${id}'`);
  const [status, parameter, metric, artifacts = ''] = row.split('|');
  same([status, parameter, metric], ['FINISHED', '0.5', '0.25']);
  return platform.forward('minio-system', 'svc/minio', '9000', async () => {
    const path = artifacts.replace('mlflow-artifacts:/', 'models/');
    same(finished(await platform.mc('cat', `root/${path}/note.txt`)), 'kept');
    return `run ${id}: parameter, metric and artifact`;
  });
}

/** Logs a run and prints its id. */
export const WRITE_RUN = `
import mlflow
mlflow.set_tracking_uri("http://mlflow.mlflow:5000")
with mlflow.start_run() as run:
    mlflow.log_param("alpha", "0.5")
    mlflow.log_metric("rmse", 0.25)
    mlflow.log_text("kept", "note.txt")
print(run.info.run_id)
`;

/** A model answers the documented requests as it does where it was trained. */
export function modelAnswers(platform: RunningPlatform, name: WineModel): Promise<string> {
  const { project } = platform.props;
  return platform.forward('ml-models', `svc/${name}-default`, '8000', async () => {
    const url = 'http://localhost:8000/v2/models/classifier/infer';
    const answer = close(await predictionOf(url, documentedRequest(project)), platform.expected(name));
    if (name === 'mlflow-wine')
      close(Number(finished(platform.python('-c', documentedProgram(project)))), platform.expected(name));
    return answer;
  });
}

/** And to a pod of another namespace, by the name of the Service. */
export async function modelAnswersPods(platform: RunningPlatform, name: WineModel): Promise<string> {
  const request = JSON.stringify(documentedRequest(platform.props.project));
  const url = `http://${name}-default.ml-models:8000/v2/models/classifier/infer`;
  const said = await platform.exec(CLIENT.namespace, CLIENT.pod, 'python3', '-c', ASK, url, request);
  return close(Number(said), platform.expected(name));
}

const ASK = `
import json, sys, urllib.request
request = urllib.request.Request(sys.argv[1], sys.argv[2].encode(), {"content-type": "application/json"})
print(json.load(urllib.request.urlopen(request, timeout=30))["outputs"][0]["data"][0])
`;

/** The page, opened as README.md says, shows the model's own number. */
export function pageShows(platform: RunningPlatform): Promise<string> {
  const { project, software } = platform.props;
  return platform.forward('fe', 'svc/frontend-service', '8080', async () => {
    const args = [
      'frontend/browser.py',
      '--url',
      'http://localhost:8080',
      '--expect',
      platform.expected('mlflow-wine').toFixed(2),
    ];
    const picture = ['--screenshot', join(project, '.cache/e2e/frontend.png')];
    return finished(run(join(software.browser, 'bin/python'), [...args, ...picture], project));
  });
}
