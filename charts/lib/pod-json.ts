import { k8s } from 'cdk8s-plus-27';

/** Mappings whose keys are names of somebody's own, in an order of their own. */
const MAPS = ['limits', 'requests', 'nodeSelector'];

/**
 * k8s.toJson_PodSpec for the pods of models, of which there may be thousands: the generated function takes a sixth of
 * the time of such a run (`npm run bench`). Not for the few fields whose names the constructs spell otherwise than the API,
 * such as a volume's downwardAPI.
 */
export function podSpecJson(spec: object): object {
  return plain(spec, true) as object;
}

function plain(value: unknown, sorted: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, true));
  if (value instanceof k8s.Quantity || value instanceof k8s.IntOrString) return value.value;
  const result: Record<string, unknown> = {};
  const keys = Object.keys(value);
  for (const key of sorted ? keys.sort() : keys) {
    const child = (value as Readonly<Record<string, unknown>>)[key];
    if (child !== undefined) result[key] = plain(child, !MAPS.includes(key));
  }
  return result;
}
