/** The schema of `namespaces` in platform.yaml: what the platform's namespaces are called. */
import * as z from 'zod';
import { dnsLabel } from '../../config/fields';

/** The names without a prefix, as users of the guide know them. */
const DEFAULTS = {
  postgresql: 'postgres',
  objectStore: 'minio-system',
  mlflow: 'mlflow',
  training: 'training',
  seldon: 'seldon-system',
  models: 'ml-models',
  frontend: 'fe',
  monitoring: 'ml-monitoring',
  requestLog: 'request-log',
} as const;

type Part = keyof typeof DEFAULTS;
/** What there is a namespace of. */
export const NAMESPACE_PARTS = Object.keys(DEFAULTS) as Part[];

/** The names of the namespaces, by what is in them. */
export type NamespaceNames = Readonly<Record<Part, string>>;

const LONGEST = Math.max(...Object.values(DEFAULTS).map((name) => name.length));
/** Namespaces that a cluster comes with. */
export const CLUSTERS_OWN = /^(default$|kube-)/;

const name = (what: string, part: Part) =>
  dnsLabel(DEFAULTS[part])
    .refine((text) => !CLUSTERS_OWN.test(text), {
      error: 'must be a namespace of its own, and not one that every cluster has',
    })
    .meta({ examples: [DEFAULTS[part]] })
    .optional()
    .describe(`Namespace of ${what}; the prefix and "${DEFAULTS[part]}" where absent`);

/**
 * Completes the names: one given by hand is taken as it is, the prefix goes before the others.
 *
 * Each part has a namespace of its own. Who may start pods in a namespace may read its Secrets, the operator may change
 * every workload in that of the models, and the strictest Pod Security level that all models pass may be "baseline".
 */
export const namespacesSchema = z
  .strictObject({
    prefix: z
      .string()
      .refine(
        (text) => text.length <= 63 - LONGEST && /^([a-z0-9][-a-z0-9]*)?$/.test(text) && !text.startsWith('kube-'),
        {
          error: `must be the start of a namespace's name, of at most ${63 - LONGEST} lower-case letters, digits or "-"`,
        },
      )
      .default('')
      .meta({ examples: ['staging-'] })
      .describe('Goes before the name of every namespace that is not named below'),
    postgresql: name('PostgreSQL', 'postgresql'),
    objectStore: name('the object store', 'objectStore'),
    mlflow: name('MLflow', 'mlflow'),
    training: name('the training Job', 'training'),
    seldon: name('the Seldon operator', 'seldon'),
    models: name('the models', 'models'),
    frontend: name('the front end', 'frontend'),
    monitoring: name('Prometheus, and what is beside it, where monitoring.stack is embedded', 'monitoring'),
    requestLog: name('the log of requests, where requestLog.enabled', 'requestLog'),
  })
  .superRefine((input, context) => {
    const names = complete(input);
    NAMESPACE_PARTS.forEach((part, index) => {
      if (input[part] === undefined) return;
      // Of two names by hand the later one is at fault.
      const other = NAMESPACE_PARTS.find((candidate, place) => {
        const isFixed = place < index || input[candidate] === undefined;
        return candidate !== part && names[candidate] === names[part] && isFixed;
      });
      if (other === undefined) return;
      const message = `is ${names[part]}, the namespace of ${other} too; each part has its own, which keeps its Secrets to itself`;
      context.addIssue({ code: 'custom', path: [part], message, params: { complete: true } });
    });
  })
  .transform(complete)
  .prefault({})
  .describe('Names of the namespaces; environments that share a cluster differ in them');

function complete({ prefix, ...names }: { readonly prefix: string } & Partial<NamespaceNames>): NamespaceNames {
  return Object.fromEntries(
    NAMESPACE_PARTS.map((part) => [part, names[part] ?? `${prefix}${DEFAULTS[part]}`]),
  ) as NamespaceNames;
}
