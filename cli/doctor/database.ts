/** Whether the operator of PostgreSQL is of a release that brings back all that an archive has. */
import { isCluster } from '../../charts/postgresql/expansion';
import { PREREQUISITES } from '../../charts/prerequisites/catalogue';
import { list } from '../cluster/live';
import type { LiveObject } from '../cluster/objects';
import { type Finding, fault, ok, type Patient, warning } from './finding';

const { name, version } = PREREQUISITES.cloudNativePg;
/** What its manifest and its Helm chart label its Deployment with. */
const LABEL = 'app.kubernetes.io/name=cloudnative-pg';
/** Minor releases of 1 before this one: https://github.com/cloudnative-pg/cloudnative-pg/issues/10817 */
const WHOLE = 30;

interface Deployment extends LiveObject {
  readonly spec: LiveObject['spec'] & {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

export async function checkDatabase({
  kubectl,
  environment: { objects, folder },
}: Patient): Promise<readonly Finding[]> {
  if (!objects.some(isCluster)) return [];
  const operators = await list<Deployment>(kubectl, '', 'deployments.apps', [
    '--all-namespaces',
    `--selector=${LABEL}`,
  ]);
  const images = operators.flatMap(({ spec }) => spec.template.spec.containers.map(({ image }) => image));
  const releases = images.flatMap((image) => /:v?(1\.(\d+)\.\d+)/.exec(image) ?? []);
  const [, release, minor] = releases;
  const remedy = `install ${version}: ${folder}/PREREQUISITES.md`;
  if (release === undefined)
    return [
      warning(`the release of ${name} cannot be seen; 1.${WHOLE} and later bring back all that an archive has`, remedy),
    ];
  return [
    Number(minor) < WHOLE
      ? fault(`${name} ${release} loses what an archive has after a replica took over`, remedy)
      : ok(`${name} ${release}`),
  ];
}
