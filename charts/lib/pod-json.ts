import { k8s } from './k8s';

/** Fields that the constructs spell otherwise than the API does. */
const RENAMED: Readonly<Record<string, string>> = {
  datasetUuid: 'datasetUUID',
  diskUri: 'diskURI',
  downwardApi: 'downwardAPI',
  hostIp: 'hostIP',
  hostIpc: 'hostIPC',
  hostPid: 'hostPID',
  pdId: 'pdID',
  scaleIo: 'scaleIO',
  setHostnameAsFqdn: 'setHostnameAsFQDN',
  storagePolicyId: 'storagePolicyID',
  targetWwNs: 'targetWWNs',
  volumeId: 'volumeID',
};

/** Fields that are mappings: their keys are somebody's own names, and keep their order. */
const MAPS = new Set([
  'annotations',
  'labels',
  'limits',
  'matchLabels',
  'nodeSelector',
  'options',
  'overhead',
  'requests',
  'volumeAttributes',
]);

/**
 * The same as k8s.toJson_PodSpec, for the pods of models, of which there may be thousands. The generated function takes
 * 70 microseconds a pod and this one 25, which is a tenth of the whole run with 10,000 models. A test compares the two
 * for every field of a PodSpec.
 */
export function podSpecJson(spec: k8s.PodSpec): object {
  return fields(spec);
}

/** An object of the API: its fields in alphabetical order, as the generated functions have them. */
function fields(object: object): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(object).sort()) {
    const value = (object as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) result[RENAMED[name] ?? name] = MAPS.has(name) ? mapping(value) : json(value);
  }
  return result;
}

function mapping(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return json(value);
  const result: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) if (child !== undefined) result[key] = json(child);
  return result;
}

function json(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(json);
  if (value instanceof k8s.Quantity || value instanceof k8s.IntOrString) return value.value;
  if (value instanceof Date) return value.toISOString();
  return fields(value);
}
