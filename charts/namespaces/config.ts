/** The vocabulary of namespaces in platform.yaml. */
import { dnsLabel } from '../../config/fields';
import { NAMESPACE } from './namespaces';

/** A namespace that the platform does not own: what its own pods may call follows from how they are wired. */
export const foreignNamespace = (example: string) =>
  dnsLabel(example)
    .refine((name) => !Object.values<string>(NAMESPACE).includes(name), {
      error: 'must be a namespace outside the platform, whose own pods get the connections they need',
    })
    .meta({ examples: [example] });
