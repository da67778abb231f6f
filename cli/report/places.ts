/** What a server keeps elsewhere than on volumes of its own, and looks for at another place than before. */
import { type ContainerJson, podTemplateOf, type WorkloadJson } from '../../charts/lib/workload-json';
import type { Finding } from './finding';
import type { Pair } from './objects';

/** Where a container keeps something. */
interface Place {
  readonly what: string;
  readonly at: string;
  readonly wayOut: string;
}

/** Data that moves is moved by people: whether it is there already, no file says. */
export function placeFindings({ environment, title, before, after }: Pair): Finding[] {
  const old = placesOf(before);
  return [...placesOf(after)].flatMap(([key, { what, at, wayOut }]): Finding[] => {
    const was = old.get(key)?.at ?? at;
    if (was === at) return [];
    const text = `keeps ${what} at ${at} from now on, before at ${was}: what is there stays there`;
    return [{ kind: 'data', environment, title, text, wayOut }];
  });
}

/** Of what runs on: what runs to its end is told the same as the server that it works for. */
function placesOf(object: Pair['after']): Map<string, Place> {
  if (object === undefined || !['Deployment', 'StatefulSet'].includes(object.kind)) return new Map();
  const containers = podTemplateOf(object as WorkloadJson)?.spec.containers ?? [];
  return new Map(
    containers.flatMap((container) =>
      [tablesOf(container), artifactsOf(container), objectsOf(container)].flatMap((place): [string, Place][] =>
        place === undefined ? [] : [[`${container.name} ${place.what}`, place]],
      ),
    ),
  );
}

const variable = ({ env = [] }: ContainerJson, key: string) => env.find(({ name }) => name === key)?.value;

/** The variables of libpq. */
function tablesOf(container: ContainerJson): Place | undefined {
  const host = variable(container, 'PGHOST');
  if (host === undefined) return undefined;
  const port = variable(container, 'PGPORT') ?? '5432';
  const schema = /search_path=(\S+)/.exec(variable(container, 'PGOPTIONS') ?? '')?.[1];
  return {
    what: 'its tables',
    at: `${host}:${port}/${variable(container, 'PGDATABASE') ?? ''}${schema === undefined ? '' : ` in ${schema}`}`,
    wayOut: 'move the tables first, by a dump, unless it is the same database by another name',
  };
}

const COPY = 'copy the objects first, as in "Move to another object store" of docs/operations.md';

/** An option of MLflow. */
function artifactsOf(container: ContainerJson): Place | undefined {
  const option = '--artifacts-destination=';
  const bucket = container.args?.find((arg) => arg.startsWith(option))?.slice(option.length);
  if (bucket === undefined) return undefined;
  return { what: 'artifacts', at: bucketAt(bucket, variable(container, 'MLFLOW_S3_ENDPOINT_URL')), wayOut: COPY };
}

/** The variables of boto3, and that of our own scripts. */
function objectsOf(container: ContainerJson): Place | undefined {
  const bucket = variable(container, 'BUCKET');
  if (bucket === undefined) return undefined;
  return { what: 'objects', at: bucketAt(`s3://${bucket}/`, variable(container, 'AWS_ENDPOINT_URL_S3')), wayOut: COPY };
}

/** Of the store no more than its host: with TLS and without, it has the same objects. */
const bucketAt = (bucket: string, endpoint = '') =>
  `${bucket}${endpoint === '' ? '' : ` of ${endpoint.replace(/^https?:\/\//, '')}`}`;
