/**
 * The pod that the operator makes of a predictor's explainer.
 *
 * Source: createExplainer in operator/controllers/seldondeployment_explainers.go, getAlibiExplainEnvVars in mlserver.go
 * and InjectModelInitializer in model_initializer_injector.go, Seldon Core.
 */

import type { Images } from '../../images/resolve';
import { resourceRequirements } from '../../lib/container';
import type { k8s } from '../../lib/k8s';
import { EXPLAINER_PORT, MODEL_PATH } from '../contract';
import { INITIALIZER } from '../seldon-config';
import type { ExplainerJson } from './seldon-json';

export interface ExplainerPodProps {
  readonly explainer: ExplainerJson;
  /** The node that it asks, and the Service in front of it. */
  readonly node: string;
  readonly host: string;
  readonly protocol: string;
  /** @default - nobody asks which images run */
  readonly images?: Images;
}

/** How MLServer's runtime calls the methods: AnchorTabular is anchor_tabular. */
const tagOf = (type: string) =>
  type === 'ALE' ? type : (TAGS[type] ?? type.replace(/\B[A-Z]/g, (letter) => `_${letter}`).toLowerCase());
const TAGS: Readonly<Record<string, string>> = { AnchorImages: 'anchor_image' };

export function explainerPod(props: ExplainerPodProps): k8s.PodSpec {
  const { explainer, images } = props;
  const { containerSpec, modelUri } = explainer;
  const volume = `${containerSpec.name}-provision-location`;
  const v2 = props.protocol === 'v2';
  const container: k8s.Container = {
    image: (v2 ? images?.mlserverExplainer : images?.seldonExplainer)?.reference,
    ...containerSpec,
    ...(v2 ? { env: mlserverEnv(props) } : { args: alibiArgs(props) }),
    ports: [{ name: 'http', containerPort: EXPLAINER_PORT }],
    lifecycle: { preStop: { exec: { command: ['/bin/sh', '-c', '/bin/sleep 10'] } } },
    ...(modelUri !== undefined && { volumeMounts: [{ name: volume, mountPath: MODEL_PATH, readOnly: true }] }),
  };
  return {
    containers: [container],
    terminationGracePeriodSeconds: 20,
    ...(explainer.serviceAccountName !== undefined && { serviceAccountName: explainer.serviceAccountName }),
    ...(modelUri !== undefined && {
      initContainers: [
        // Without a securityContext, so that Pod Security "restricted" refuses it.
        {
          name: `${containerSpec.name}-model-initializer`,
          image: images?.seldonInitializer.reference,
          args: [modelUri, MODEL_PATH],
          envFrom: [{ secretRef: { name: explainer.envSecretRefName ?? '' } }],
          resources: resourceRequirements({
            requests: { cpu: INITIALIZER.cpuRequest, memory: INITIALIZER.memoryRequest },
            limits: { cpu: INITIALIZER.cpuLimit, memory: INITIALIZER.memoryLimit },
          }),
          volumeMounts: [{ name: volume, mountPath: MODEL_PATH }],
        },
      ],
      volumes: [{ name: volume, emptyDir: {} }],
    }),
  };
}

function alibiArgs({ explainer, node, host, protocol }: ExplainerPodProps): string[] {
  const { type = '', modelUri, config = {} } = explainer;
  return [
    `--model_name=${node}`,
    `--predictor_host=${host}`,
    `--protocol=${protocol}.http`,
    `--http_port=${EXPLAINER_PORT}`,
    ...(modelUri === undefined ? [] : [`--storage_uri=${MODEL_PATH}`]),
    type,
    ...(type === 'AnchorImages' ? ['--tf_data_type=float32'] : []),
    ...Object.entries(config)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => `--${name}=${modelUri === undefined ? value : value.replace(modelUri, MODEL_PATH)}`),
  ];
}

function mlserverEnv({ explainer, node, host }: ExplainerPodProps): k8s.EnvVar[] {
  const extra = { explainer_type: tagOf(explainer.type ?? ''), infer_uri: `http://${host}/v2/models/${node}/infer` };
  return Object.entries({
    MLSERVER_HTTP_PORT: String(EXPLAINER_PORT),
    MLSERVER_MODEL_IMPLEMENTATION: 'mlserver_alibi_explain.AlibiExplainRuntime',
    MLSERVER_MODEL_NAME: explainer.containerSpec.name,
    MLSERVER_MODEL_URI: MODEL_PATH,
    MLSERVER_MODEL_EXTRA: JSON.stringify(extra),
  }).map(([name, value]) => ({ name, value }));
}
