/** Models that start anew though nothing of theirs changed: those whose image the operator has from elsewhere. */

import { imagesOf } from '../../charts/images/references';
import type { ObjectJson } from '../../charts/lib/workload-json';
import type { Pair } from './objects';
import type { Restart } from './restarts';
import type { Tree } from './trees';

interface ConfigFields {
  readonly data?: Readonly<Record<string, string>>;
}

/** What the operator has one image for, and how the file of a model that runs it is known. */
interface Use {
  readonly what: string;
  readonly isUsedBy: (file: string) => boolean;
}

/**
 * Restarts by a change of seldon-config or of the executor's image. The files of models are only searched, since there
 * may be thousands.
 */
export function restartsByOperator(environment: string, pairs: readonly Pair[], head: Tree): Restart[] {
  const changes = pairs.flatMap(({ before, after }) => (before && after ? changesOf(before, after) : []));
  if (changes.length === 0) return [];
  const files = head.read([...head.files.keys()].filter((path) => path.startsWith(`${environment}/50-models/`)));
  return changes.flatMap(({ what, isUsedBy, reason }) => {
    const models = files.filter(isUsedBy).length;
    if (models === 0) return [];
    const title = `${models} ${models === 1 ? 'model' : 'models'} with ${what}`;
    return [
      { environment, title, reasons: () => [reason], manner: 'the operator replaces their pods, new ones first' },
    ];
  });
}

function changesOf(before: ObjectJson, after: ObjectJson): (Use & { reason: string })[] {
  if (after.kind === 'ConfigMap' && after.metadata.name === 'seldon-config') {
    const [old, now] = [serverImages(before), serverImages(after)];
    return [...now].flatMap(([key, image]) => {
      const earlier = old.get(key);
      if (earlier === undefined || earlier === image) return [];
      const [server = '', protocol = ''] = key.split(' ');
      return { ...served(server, protocol), reason: `image: ${earlier} → ${image}` };
    });
  }
  const [old, now] = [executorOf(before), executorOf(after)];
  if (old === undefined || now === undefined || old === now) return [];
  return [{ what: 'an executor', isUsedBy: hasExecutor, reason: `image: ${old} → ${now}` }];
}

/** The image of each server and protocol. */
function serverImages(object: ObjectJson): Map<string, string> {
  const { data = {} } = object as ObjectJson & ConfigFields;
  const servers = JSON.parse(data.predictor_servers ?? '{}') as Record<string, { protocols?: Record<string, unknown> }>;
  return new Map(
    Object.entries(servers).flatMap(([server, { protocols = {} }]) =>
      Object.entries(protocols).flatMap(([protocol, image]): [string, string][] =>
        imagesOf(image).map((name) => [`${server} ${protocol}`, name]),
      ),
    ),
  );
}

const served = (server: string, protocol: string): Use => ({
  what: `${server}, ${protocol} protocol`,
  isUsedBy: (file) => file.includes(`implementation: ${server}\n`) && file.includes(`\n  protocol: ${protocol}\n`),
});

/** As charts/seldon/expansion tells it by an annotation, for each predictor. */
const hasExecutor = (file: string) =>
  file.includes('\nkind: SeldonDeployment\n') && file.split('seldon.io/no-engine').length < file.split('graph:').length;

function executorOf(object: ObjectJson): string | undefined {
  const text = object.kind === 'Deployment' ? JSON.stringify(object) : '';
  return /"EXECUTOR_CONTAINER_IMAGE_AND_VERSION","value":"([^"]+)"/.exec(text)?.[1];
}
