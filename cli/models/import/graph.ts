/** The graph of a predictor, as the nodes of a model file. */

import { SELDON_NAMES } from '../../../charts/models/config/seldon-names';
import { SERVERS } from '../../../charts/models/image';
import { type Containers, type ImportedContainer, readContainer } from './container';
import type { Fields, Reader } from './reader';

export interface ImportedNode {
  readonly name: string;
  /** What the file says of the node beside its name. */
  readonly fields: Fields;
  /** Whether it takes more than the fields of a file to say: children, or a type. */
  readonly isGraph: boolean;
  /** The resource of its GPUs, or of those of a node below it. */
  readonly gpuResource?: string;
}

const NONE: ImportedContainer = { container: {}, gpus: 0 };
const ROUTERS = ['RANDOM_ABTEST'];

export function nodeOf(reader: Reader, containers: Containers): ImportedNode {
  const name = reader.text('name') ?? '';
  const implementation = reader.text('implementation');
  const type = reader.text('type');
  const known = implementation !== undefined && implementation in SERVERS;
  const isRouter = implementation !== undefined && ROUTERS.includes(implementation);
  if (implementation !== undefined && !known && !isRouter && implementation !== 'UNKNOWN_IMPLEMENTATION')
    reader.note('implementation', `${implementation} is no server of Seldon Core 1.17; name an image`);
  const own = containers.get(name);
  containers.delete(name);
  const { image, container, resources, gpus, gpuResource }: ImportedContainer = own ? readContainer(own) : NONE;
  const children = reader.list('children').map((child) => nodeOf(child, containers));
  const uri = reader.text('modelUri');
  const endpoint = reader.mapping('endpoint');
  const port = endpoint.number('httpPort') ?? endpoint.number('service_port');
  const store = uri?.split(':')[0] ?? '';
  if (store === 's3') reader.ignore('envSecretRefName');
  reader.leave('envSecretRefName', `platform.yaml names the Secret of a store, as modelStores.${store}.secret`);
  reader.ignore('methods');
  const says = {
    ...(known && { server: implementation }),
    ...(isRouter && { router: implementation }),
    ...(!isRouter && image !== undefined && { [known ? 'serverImage' : 'image']: image }),
    ...(uri !== undefined && { uri }),
    ...readParameters(reader),
    ...containerFields(known || port === undefined ? container : { port, ...container }),
    ...readLogger(reader),
    ...(resources && { resources }),
  };
  reader.done(SELDON_NAMES.fields);
  // Servers are models, whatever the file says, and so is a node that says nothing.
  const typed = type !== undefined && !['MODEL', 'UNKNOWN_TYPE'].includes(type) && !known && !isRouter;
  const isGraph = typed || isRouter || children.length > 0;
  const resource = [gpuResource, ...children.map((child) => child.gpuResource)].find((found) => found !== undefined);
  return {
    name,
    fields: {
      ...(typed && { type }),
      ...says,
      ...(gpus > 0 && { gpus }),
      ...(children.length > 0 && { children: children.map((child) => ({ name: child.name, ...child.fields })) }),
    },
    isGraph,
    ...(resource !== undefined && { gpuResource: resource }),
  };
}

const containerFields = (container: Fields): Fields => (Object.keys(container).length > 0 ? { container } : {});

function readLogger(reader: Reader): Fields {
  const logger = reader.mapping('logger');
  if (logger.isEmpty) return {};
  const [mode, url] = [logger.text('mode'), logger.text('url')];
  logger.done();
  if (url === undefined) {
    reader.note('logger', "it has no url: the operator's default is a broker of Knative");
    return {};
  }
  return { logger: { ...(mode !== undefined && { mode }), url } };
}

/** Parameters by name, typed as a file writes them. */
function readParameters(reader: Reader): Fields {
  const parameters = reader.list('parameters').map((parameter): [string, unknown] => {
    const [name, value, type] = [parameter.text('name') ?? '', parameter.any('value'), parameter.text('type')];
    parameter.done();
    return [name, typedValue(String(value), type)];
  });
  return parameters.length > 0 ? { parameters: Object.fromEntries(parameters) } : {};
}

function typedValue(value: string, type = 'STRING'): unknown {
  // Seldon's wrappers take all of these for true.
  if (type === 'BOOL') return ['1', 'true', 'yes', 't', 'y'].includes(value.toLowerCase());
  return ['INT', 'FLOAT', 'DOUBLE'].includes(type) && value !== '' && Number.isFinite(Number(value))
    ? Number(value)
    : value;
}
