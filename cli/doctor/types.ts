/** The types that dist/ uses and does not bring. */
import { describeMissing, missingTypes, servedTypes } from '../cluster/types';
import { type Finding, fault, ok, type Patient } from './finding';

export async function checkTypes({ kubectl, environment: { objects } }: Patient): Promise<readonly Finding[]> {
  const missing = missingTypes(await servedTypes(kubectl, objects), objects);
  if (missing.length > 0) {
    return missing.map((type) =>
      fault(
        `the cluster does not know ${describeMissing(type)}`,
        'install it, or turn off what uses it in platform.yaml',
      ),
    );
  }
  const kinds = new Set(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
  return [ok(`the cluster knows all ${kinds.size} types that are used, or dist/ brings them`)];
}
