/** The schema of `delivery` in platform.yaml: which tools apply dist/ beside kubectl. */
import * as z from 'zod';
import { dnsLabel, flag, httpUrl, matching, objectName, oneOf, text } from '../../config/fields';

const repositoryUrl = (example: string) =>
  matching(
    /^(https?|ssh|oci):\/\/[^\s@/]+(@[^\s/]+)?\/\S+$|^[\w.-]+@[\w.-]+:\S+$/,
    1024,
    'the address of a repository',
    example,
  );
const folder = (example: string) =>
  matching(
    /^(?!(.*\/)?\.\.(\/|$))[\w.-]+(\/[\w.-]+)*$/,
    512,
    'a path below the root of the repository, without "/" at its ends and without ".."',
    example,
  );

const path = folder('platform/dist/production')
  .optional()
  .describe('Where dist/<env> is in the repository or the artifact; dist/<env> where absent');

/** The cluster that Argo CD itself runs in, as it knows it. */
export const IN_CLUSTER = 'https://kubernetes.default.svc';

const argoCdSchema = z
  .strictObject({
    repository: repositoryUrl('https://git.example.com/team/platform.git').describe(
      "The Git repository, as Argo CD knows it; a login is Argo CD's own matter",
    ),
    revision: text('main').default('main').describe('Branch, tag or commit'),
    path,
    namespace: dnsLabel('argocd').default('argocd').describe('Namespace of Argo CD'),
    project: objectName('default').default('default').describe('The AppProject'),
    server: httpUrl(IN_CLUSTER)
      .default(IN_CLUSTER)
      .describe('The cluster that the platform runs in, as Argo CD knows it'),
    automatic: flag(true).describe('Applies each commit; otherwise a person does'),
    selfHeal: flag(true).describe('Takes back what somebody changes in the cluster; with automatic'),
  })
  .optional()
  .describe('Applications of Argo CD, in dist/<env>/delivery/');

const DURATION = /^([1-9]\d*[hms])+$/;
const duration = (example: string) => matching(DURATION, 20, 'a time in hours, minutes or seconds', example);

const sourceSchema = z
  .strictObject({
    kind: oneOf(['GitRepository', 'OCIRepository'], 'GitRepository')
      .default('GitRepository')
      .describe('What Flux reads: a Git repository, or an artifact in an image registry'),
    name: objectName('ml-platform').default('ml-platform').describe('Its name'),
    url: repositoryUrl('https://git.example.com/team/platform.git')
      .optional()
      .describe('Its address; where absent, the object is there already'),
    reference: matching(/^[^\s~^:?*[\\]+$/, 255, 'the name of a branch or a tag', 'main')
      .default('main')
      .describe('The branch, or the tag of the artifact; with url'),
    secret: objectName('git-login').optional().describe('The Secret with the login; with url'),
  })
  .superRefine(({ url, secret, kind }, context) => {
    const fault = (field: string, message: string) => {
      context.addIssue({ code: 'custom', path: [field], message, params: { complete: true } });
    };
    if (url === undefined && secret !== undefined)
      fault(
        'secret',
        'is for a source that is made here; add url, such as "https://git.example.com/team/platform.git"',
      );
    if (url !== undefined && (kind === 'OCIRepository') !== url.startsWith('oci://'))
      fault(
        'url',
        kind === 'OCIRepository'
          ? `is "${url}"; an OCIRepository starts with oci://, such as "oci://registry.example.com/team/platform"`
          : `is "${url}"; a GitRepository is reached by https or ssh, such as "https://git.example.com/team/platform.git"`,
      );
  })
  .prefault({})
  .describe('Where Flux reads dist/ from');

const fluxSchema = z
  .strictObject({
    source: sourceSchema,
    path,
    namespace: dnsLabel('flux-system').default('flux-system').describe('Namespace of the Kustomizations'),
    interval: duration('10m').default('10m').describe('How often the cluster is compared'),
    timeout: duration('20m').default('20m').describe('How long a stage may take until all of it is healthy'),
    serviceAccount: objectName('ml-platform-deployer')
      .optional()
      .describe('The ServiceAccount that Flux acts as; its own where absent'),
  })
  .optional()
  .describe('Kustomizations of Flux, in dist/<env>/delivery/');

export const deliverySchema = z
  .strictObject({ argoCd: argoCdSchema, flux: fluxSchema })
  .prefault({})
  .describe('Tools that apply dist/ by themselves');

export type ArgoCdConfig = NonNullable<z.output<typeof argoCdSchema>>;
export type FluxConfig = NonNullable<z.output<typeof fluxSchema>>;
