/** The container of a node: what a model file says of its image, its environment, its volumes and its user. */
import { SELDON_NAMES } from '../../../charts/models/config/seldon-names';
import type { Fields, Reader } from './reader';
import { readResources } from './resources';
import { readMounts, type Volumes } from './volumes';

/** The containers of a predictor by name. */
export type Containers = Map<string, { readonly reader: Reader; readonly volumes: Volumes }>;

/** What a node's container says: its image, what it is run with, and what it may use. */
export interface ImportedContainer {
  readonly image?: string;
  readonly container: Fields;
  readonly resources?: Fields;
  readonly gpus: number;
  readonly gpuResource?: string;
}

export function readContainer({ reader, volumes }: NonNullable<ReturnType<Containers['get']>>): ImportedContainer {
  const env: [string, unknown][] = [];
  for (const variable of reader.list('env')) {
    const name = variable.text('name') ?? '';
    const value = variable.text('value');
    const key = readKey(variable.mapping('valueFrom'));
    if (value !== undefined || key !== undefined) env.push([name, value ?? key]);
    variable.done();
  }
  const secrets = reader.list('envFrom').flatMap((source) => {
    const name = source.mapping('secretRef').text('name');
    source.done();
    return name ?? [];
  });
  const mounts = readMounts(reader.list('volumeMounts'), volumes);
  const [command, args] = (['command', 'args'] as const).map((field) => {
    const words = reader.any(field);
    return Array.isArray(words) ? words.map(String) : undefined;
  });
  const security = reader.mapping('securityContext');
  const uid = security.number('runAsUser');
  security.done(SELDON_NAMES.fields);
  const { amounts, gpus, gpuResource } = readResources(reader.mapping('resources'));
  const http = reader.list('ports').map((port) => {
    const found = { name: port.text('name'), number: port.number('containerPort') };
    port.ignore('protocol');
    port.done();
    return found;
  });
  const port = http.find(({ name }) => name === 'http')?.number;
  const image = reader.text('image');
  reader.ignore('imagePullPolicy');
  reader.done(SELDON_NAMES.fields);
  return {
    ...(image !== undefined && { image }),
    container: {
      ...(port !== undefined && { port }),
      ...(command && { command }),
      ...(args && { args }),
      ...(env.length > 0 && { env: Object.fromEntries(env) }),
      ...(secrets.length > 0 && { secrets }),
      ...mounts,
      ...(uid !== undefined && uid > 0 && { uid }),
    },
    ...(amounts && { resources: amounts }),
    gpus,
    gpuResource,
  };
}

/** The key of a Secret or ConfigMap that a variable is taken from. */
function readKey(source: Reader): Fields | undefined {
  const found = (['secret', 'configMap'] as const).flatMap((kind) => {
    const reference = source.mapping(`${kind}KeyRef`);
    const [name, key] = [reference.text('name'), reference.text('key')];
    reference.done();
    return name !== undefined && key !== undefined ? [{ [kind]: name, key }] : [];
  });
  source.done();
  return found[0];
}
