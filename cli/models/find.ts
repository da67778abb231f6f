/** Finds out what the name of a model stands for at this moment. */

import type { LockEntry } from '../../charts/models/lock';
import { parseModelUri } from '../../charts/models/uri';
import { bucketUri } from '../../charts/object-store/bucket';
import { type Artifact, readArtifact } from './artifact';
import { proxiedPath } from './artifact-uri';
import { type LoggedModel, MlflowError, type MlflowServer, type Run } from './mlflow';

/** What was found, and the files themselves as far as a check of their format needs them. */
export interface Found {
  readonly version: Omit<LockEntry, 'uri' | 'server' | 'registry' | 'resolved' | 'checksum'>;
  readonly artifact: Artifact;
}

/** What a registry name leads to, before its files are read. */
interface Source {
  /** MLflow's address of the files, such as "mlflow-artifacts:/1/models/m-0123/artifacts". */
  readonly artifactUri: string;
  readonly registered?: { readonly name: string; readonly version: string };
  readonly run?: string;
  readonly logged?: string;
}

/**
 * @param bucket of the object store that MLflow keeps artifacts in and models are served from
 * @throws MlflowError when the server does not have the model, or not whole
 */
export async function findModel(server: MlflowServer, uri: string, bucket: string): Promise<Found> {
  const source = await findSource(server, uri, bucket);
  const folder = proxiedPath(source.artifactUri);
  if (folder === undefined) {
    throw new MlflowError(
      `its files are at ${source.artifactUri}, which the server does not proxy; log the model to this server anew`,
    );
  }
  const artifact = await readArtifact(server, folder);
  const run = source.run ?? artifact.mlmodel?.run;
  const logged = source.logged ?? artifact.mlmodel?.logged;
  return {
    artifact,
    version: {
      artifacts: bucketUri(bucket, folder),
      digest: artifact.digest,
      ...(source.registered ? { registered: source.registered } : {}),
      ...(run ? { run } : {}),
      ...(logged ? { logged } : {}),
      ...(artifact.signature ? { signature: artifact.signature } : {}),
      metrics: await metricsOf(server, run, logged),
    },
  };
}

async function findSource(server: MlflowServer, text: string, bucket: string): Promise<Source> {
  const uri = parseModelUri(text);
  switch (uri?.kind) {
    case 'location':
      return { artifactUri: `mlflow-artifacts:/${uri.location.slice(`s3://${bucket}/`.length).replace(/\/$/, '')}` };
    case 'alias':
    case 'version': {
      const { name, version, status, source, run_id } =
        uri.kind === 'alias'
          ? await server.versionByAlias(uri.name, uri.alias)
          : await server.version(uri.name, uri.version);
      if (status !== 'READY') throw new MlflowError(`version ${version} of ${name} is not ready: ${status}`);
      const logged = /^models:\/(m-[0-9a-f]{32})$/.exec(source)?.[1];
      return {
        artifactUri: await server.downloadUri(name, version),
        registered: { name, version },
        ...(run_id ? { run: run_id } : {}),
        ...(logged ? { logged } : {}),
      };
    }
    case 'logged':
      return sourceOf(await server.loggedModel(uri.id));
    case 'run':
      return sourceInRun(server, await server.run(uri.run), uri.path);
    default:
      throw new Error(`${text} is no source of a model`);
  }
}

/** A model by the name that a run logged it under: a logged model since MLflow 3, a folder of the run before. */
async function sourceInRun(server: MlflowServer, run: Run, name: string): Promise<Source> {
  if (run.info.lifecycle_stage !== 'active') throw new MlflowError(`run ${run.info.run_id} is deleted`);
  const outputs = [...run.outputs.model_outputs].sort((a, b) => b.step - a.step);
  for (const { model_id } of outputs) {
    const model = await server.loggedModel(model_id);
    if (model.info.name === name) return sourceOf(model);
  }
  return { artifactUri: `${run.info.artifact_uri}/${name}`, run: run.info.run_id };
}

function sourceOf({ info }: LoggedModel): Source {
  if (info.status !== 'LOGGED_MODEL_READY')
    throw new MlflowError(`model ${info.model_id} is not ready: ${info.status}`);
  return {
    artifactUri: info.artifact_uri,
    logged: info.model_id,
    ...(info.source_run_id ? { run: info.source_run_id } : {}),
  };
}

/** The latest value of each metric: of the model itself where MLflow knows them, else of its run. */
async function metricsOf(server: MlflowServer, run?: string, logged?: string): Promise<Record<string, number>> {
  const own = logged ? (await orNothing(server.loggedModel(logged)))?.data.metrics : undefined;
  const metrics = own?.length ? own : run ? ((await orNothing(server.run(run)))?.data.metrics ?? []) : [];
  return Object.fromEntries(
    metrics
      .filter(({ value }) => Number.isFinite(value))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.step - b.step))
      .map(({ key, value }) => [key, value]),
  );
}

/** The files of a model outlive its run: without one there are no metrics, and still a model. */
async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof MlflowError) return undefined;
    throw error;
  }
}
