/** expansion.ts in brief, for sums over thousands of models: which pods run at most, and what they ask for. */
import type { ContainerJson, ResourcesJson } from '../../lib/workload-json';
import type { PredictorJson, SeldonDeploymentJson } from './seldon-json';

export interface PodGroup {
  /** Most pods. */
  readonly replicas: number;
  readonly pod: { readonly containers: readonly Asking[]; readonly initContainers?: readonly Asking[] };
}

type Asking = Pick<ContainerJson, 'resources' | 'restartPolicy'>;

export function podGroups({ spec }: SeldonDeploymentJson): PodGroup[] {
  return spec.predictors.flatMap((predictor) => [...serving(predictor), ...explaining(predictor)]);
}

/** Whether the executor runs in front of a graph. */
export const hasEngine = ({ annotations }: PredictorJson) => annotations?.['seldon.io/no-engine'] !== 'true';

/** As JSON: quantities are text by now. */
const asking = ({
  resources,
  restartPolicy,
}: {
  readonly resources?: object;
  readonly restartPolicy?: string;
}): Asking => ({
  restartPolicy,
  resources: { requests: (resources as ResourcesJson | undefined)?.requests },
});

function serving(predictor: PredictorJson): PodGroup[] {
  const { componentSpecs, svcOrchSpec, replicas = 1 } = predictor;
  return componentSpecs.map(({ spec, hpaSpec, kedaSpec }) => ({
    replicas: hpaSpec?.maxReplicas ?? kedaSpec?.maxReplicaCount ?? replicas,
    pod: {
      containers: [...spec.containers, ...(hasEngine(predictor) ? [{ resources: svcOrchSpec?.resources }] : [])].map(
        asking,
      ),
      initContainers: (spec.initContainers ?? []).map(asking),
    },
  }));
}

function explaining({ explainer, replicas }: PredictorJson): PodGroup[] {
  if (!explainer) return [];
  const most = replicas === 0 ? 0 : (explainer.replicas ?? 1);
  return [{ replicas: most, pod: { containers: [asking(explainer.containerSpec)] } }];
}
