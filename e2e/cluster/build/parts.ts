/** Builds what every cluster of these runs has. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildKubernetes, type KubernetesParts } from './kubernetes';
import { build, type Mend, sourceOf } from './module';
import { operatorImage } from './seldon';

/** Folders with the commands that run. */
export interface Parts extends KubernetesParts {
  /** kwok. */
  readonly node: string;
  /** What kwok makes of nodes and pods: files of its module. */
  readonly stages: readonly string[];
  /** The operator, and what its image has besides. */
  readonly seldon: string;
  /** CoreDNS and kube-router; only where it was asked for. */
  readonly network: string;
  /** Argo's workflow-controller and argoexec, and argo-types.yaml; only where it was asked for. */
  readonly argo: string;
  /** A file with the types of other projects that it can make objects of. */
  readonly types: string;
}

/** Nodes are ready and pods run at once; the pods of Jobs succeed. */
const KWOK_STAGES = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
];

/** The module comes without its file of signals on Linux. That of macOS has the same, by calls that both systems have. */
const ARGO_SIGNALS: Mend = {
  module: 'github.com/argoproj/argo-workflows/v3',
  from: 'workflow/executor/osspecific/signal_darwin.go',
  to: 'workflow/executor/osspecific/signal_linux.go',
};

/** The file with Argo's types. */
export const ARGO_TYPES = 'argo-types.yaml';

/** What a cluster has only where something needs it: a real node its network, batches Argo. */
export type OptionalPart = 'network' | 'argo';

export async function buildParts(
  project: string,
  minor: string,
  optional: readonly OptionalPart[] = [],
): Promise<Parts> {
  const { kubernetes, version } = await buildKubernetes(project, minor);
  const node = await build({
    project,
    name: 'node',
    what: 'kwok (about two minutes on two cores)',
    finish: (folder, module) => {
      const stages = join(sourceOf(module, 'sigs.k8s.io/kwok'), 'kustomize/stage');
      for (const stage of KWOK_STAGES) cpSync(join(stages, stage), join(folder, flat(stage)));
    },
  });
  const seldon = await build({
    project,
    name: 'seldon',
    what: 'the Seldon operator (about two minutes on two cores)',
    finish: (folder, module) => operatorImage(folder, module, join(kubernetes, 'kubectl')),
  });
  const network = optional.includes('network')
    ? await build({ project, name: 'network', what: 'CoreDNS and kube-router (about two minutes on two cores)' })
    : '';
  const argo = optional.includes('argo')
    ? await build({
        project,
        name: 'argo',
        what: 'Argo Workflows (about four minutes on two cores)',
        mend: ARGO_SIGNALS,
        finish: argoTypes,
      })
    : '';
  return {
    network,
    argo,
    version,
    kubernetes,
    node,
    stages: KWOK_STAGES.map((stage) => join(node, flat(stage))),
    seldon,
    types: join(seldon, 'types.yaml'),
  };
}

const flat = (path: string) => path.replaceAll('/', '-');

/** The types that the controller of Argo Workflows works with. */
function argoTypes(folder: string, module: string): void {
  const types = join(sourceOf(module, 'github.com/argoproj/argo-workflows/v3'), 'manifests/base/crds/minimal');
  const files = readdirSync(types).filter((name) => name.startsWith('argoproj.io_'));
  writeFileSync(join(folder, ARGO_TYPES), files.map((name) => readFileSync(join(types, name), 'utf8')).join('---\n'));
}
