/** The rules between a model and the settings of the platform. A model's own rules are in charts/models/config/. */
import { type Fault, problem } from '../../config/problems';
import { PLATFORM_FILE } from '../../config/read';
import { batchPlaceFaults } from '../batch/config';
import type { PlatformSettings } from '../config';
import type { Path } from '../models/config/complete';
import { closedNamespaceFaults } from '../models/config/egress';
import type { FileOf, ModelConfig } from '../models/join-lock';
import { hasNoAddress } from '../models/logging';
import { nodesOf } from '../models/node';
import { parseModelUri } from '../models/uri';
import { productionModelFaults } from '../production/demands';
import { qualityPlaceFaults } from '../quality/config';
import { allNamespaces, keyFolder } from '../teams/config';
import { callerFaults } from './access-rules';
import { folderFaults, teamModelFaults } from './team-rules';

/** What is wrong with a model in this environment, a line each. */
export function environmentProblems({ origin, model }: FileOf<ModelConfig>, settings: PlatformSettings): string[] {
  const misplaced = folderFaults(model, settings);
  const faults = misplaced.length > 0 ? misplaced : modelFaults(model, settings);
  return faults.map(({ path, message }) => problem(origin, path, message));
}

const modelFaults = (model: ModelConfig, settings: PlatformSettings): Fault[] => [
  ...uriFaults(model, settings),
  ...explainerStoreFaults(model, settings),
  ...explainerLicenceFaults(model, settings),
  ...batchPlaceFaults(model.name, model.batch, keyFolder(settings.objectStore.bucket, model.team)),
  ...qualityPlaceFaults(model.name, model.quality, keyFolder(settings.objectStore.bucket, model.team)),
  ...trafficFaults(model, settings),
  ...kedaFaults(model, settings),
  ...istioFaults(model, settings),
  ...tracingFaults(model, settings),
  ...requestLogFaults(model, settings),
  ...egressFaults(model, settings),
  ...userFaults(model, settings),
  ...productionModelFaults(model, settings),
  ...callerFaults(model, settings),
  ...teamModelFaults(model, settings),
];

/** Files where the models' key may not read, or where no remote leads. */
function uriFaults(model: ModelConfig, { objectStore, modelStores }: PlatformSettings): Fault[] {
  const { uri: place } = keyFolder(objectStore.bucket, model.team);
  const remotes = Object.keys(modelStores);
  return placesOf(model).flatMap(({ path, uri }) => {
    const source = parseModelUri(uri);
    if (source?.kind === 'location' && !uri.startsWith(place)) {
      const where = model.team === undefined ? 'the bucket that models are read from' : `what ${model.team} may read`;
      return [{ path, message: `is ${uri}, outside ${where}, such as "${place}${model.name}/1"` }];
    }
    if (source?.kind === 'remote' && model.team !== undefined) {
      const message = `is ${uri}, in a store whose Secret only the platform's own models have; copy the files to "${place}${model.name}/1"`;
      return [{ path, message }];
    }
    if (source?.kind === 'remote' && !remotes.includes(source.remote)) {
      const known = remotes.length > 0 ? `; it has ${remotes.join(', ')}` : '';
      return [{ path, message: `is ${uri}, but ${PLATFORM_FILE} has no modelStores.${source.remote}${known}` }];
    }
    return [];
  });
}

/** Explainers whose files the operator's own container would fetch: it can be given no authority. */
function explainerStoreFaults({ predictors }: ModelConfig, { objectStore }: PlatformSettings): Fault[] {
  const own = objectStore.kind === 'external' ? objectStore.authority !== undefined : objectStore.tls;
  if (!own) return [];
  return predictors.flatMap(({ path, explainer }) =>
    explainer?.uri?.startsWith('s3:')
      ? [
          {
            path: [...path, 'explainer', 'uri'],
            message: `is ${explainer.uri}, in a store whose authority is its own: what fetches the files of explainers is made by Seldon's operator, and can be given none; leave uri out, or let public authorities sign for the store`,
          },
        ]
      : [],
  );
}

/** Explainers by an image whose licence is not free for production. */
function explainerLicenceFaults({ protocol, predictors }: ModelConfig, { seldon, images }: PlatformSettings): Fault[] {
  const isOwnImage = images.overrides.mlserverExplainer?.repository !== undefined;
  if (protocol === 'seldon' || isOwnImage || seldon.acceptBusinessSourceLicense) return [];
  return predictors.flatMap(({ path, explainer }) =>
    explainer === undefined
      ? []
      : [
          {
            path: [...path, 'explainer'],
            message: `is of the ${protocol} protocol, and its image is under the Business Source License 1.1 and not free for production; use "protocol: seldon", or name an image of your own in images.overrides.mlserverExplainer, or set seldon.acceptBusinessSourceLicense: true in ${PLATFORM_FILE} if you have the right to use it`,
          },
        ],
  );
}

/** Every place that files of a model are fetched from. */
function placesOf({ predictors, detector }: ModelConfig): { readonly path: Path; readonly uri: string }[] {
  const nodes = predictors
    .flatMap(({ graph }) => nodesOf(graph))
    .map(({ path, uri }) => ({ path: [...path, 'uri'], uri }));
  const explainers = predictors.map(({ path, explainer }) => ({
    path: [...path, 'explainer', 'uri'],
    uri: explainer?.uri,
  }));
  const all = [...nodes, ...explainers, { path: ['detector', 'uri'], uri: detector?.uri }];
  return all.flatMap(({ path, uri }) => (uri === undefined ? [] : [{ path, uri }]));
}

/** Shares of the traffic that nothing would divide. */
function trafficFaults({ predictors }: ModelConfig, { seldon, access }: PlatformSettings): Fault[] {
  const isDivided = access.kind === 'gateway' && access.models.enabled;
  if (seldon.istio.enabled || seldon.ambassador.enabled || isDivided || predictors.length < 2) return [];
  return [
    {
      path: ['predictors'],
      message: `share traffic that nothing divides, since a Service leads to one predictor; set access.kind: gateway, seldon.istio.enabled or seldon.ambassador.enabled in ${PLATFORM_FILE}`,
    },
  ];
}

/** Scalers that nothing would act on. */
function kedaFaults({ keda }: ModelConfig, { seldon }: PlatformSettings): Fault[] {
  if (!keda || seldon.keda.enabled) return [];
  return [
    {
      path: ['keda'],
      message: `is ignored by the operator unless seldon.keda.enabled is true in ${PLATFORM_FILE}`,
    },
  ];
}

/** Routes that nobody would make. */
function istioFaults({ istio }: ModelConfig, { seldon }: PlatformSettings): Fault[] {
  if (!istio || seldon.istio.enabled) return [];
  return [
    {
      path: ['istio'],
      message: `is for routes that the operator makes only where seldon.istio.enabled is true in ${PLATFORM_FILE}`,
    },
  ];
}

/** Spans that would go nowhere. */
function tracingFaults({ tracing }: ModelConfig, settings: PlatformSettings): Fault[] {
  if (!tracing || settings.tracing) return [];
  const message = `has nowhere to send spans to; say in ${PLATFORM_FILE} where a collector is, such as tracing: {endpoint: "http://otel-collector.observability.svc:4317"}`;
  return [{ path: ['tracing'], message }];
}

/** Events that nobody would keep: the executor would post them to a broker that no cluster without Knative has. */
function requestLogFaults({ logger, predictors }: ModelConfig, { requestLog }: PlatformSettings): Fault[] {
  if (requestLog.enabled) return [];
  const nodes = predictors.flatMap(({ graph }) => nodesOf(graph)).filter(hasNoAddress);
  const paths = nodes.map((node) => (node.logger === logger ? ['logger'] : [...node.path, 'logger']));
  const message = `has no url, such as "http://broker.logging.svc:8080/", and the platform has no log of requests; write one, or requestLog: {enabled: true} in ${PLATFORM_FILE}`;
  return [...new Map(paths.map((path) => [path.join('.'), path])).values()].map((path) => ({ path, message }));
}

/** Ways out that no policy at the other end lets in. */
function egressFaults({ egress, predictors, detector }: ModelConfig, settings: PlatformSettings): Fault[] {
  if (!settings.networkPolicies.enabled) return [];
  const closed = allNamespaces(settings);
  return [
    ...closedNamespaceFaults(['egress'], egress, closed),
    ...closedNamespaceFaults(['detector', 'egress'], detector?.egress, closed),
    ...predictors.flatMap(({ path, explainer }) =>
      closedNamespaceFaults([...path, 'explainer', 'egress'], explainer?.egress, closed),
    ),
  ];
}

/** Users that a cluster which assigns them would not know of. */
function userFaults({ predictors }: ModelConfig, { podSecurity }: PlatformSettings): Fault[] {
  if (podSecurity.uids !== 'assigned') return [];
  return predictors
    .flatMap(({ graph }) => nodesOf(graph))
    .flatMap(({ path, container: { uid } }) =>
      uid === undefined
        ? []
        : [
            {
              path: [...path, 'container', 'uid'],
              message: `is ${uid}, and the cluster chooses users where podSecurity.uids is assigned in ${PLATFORM_FILE}; remove it`,
            },
          ],
    );
}
