/** Whether the operator of PostgreSQL is of a release that brings back all that an archive has. */
import { isCluster } from '../../charts/postgresql/expansion';
import { PREREQUISITES } from '../../charts/prerequisites/catalogue';
import { type Finding, fault, ok, type Patient, warning } from './finding';
import { imagesOf } from './images-of';

const { name, version } = PREREQUISITES.cloudNativePg;
/** What its manifest and its Helm chart label its Deployment with. */
const LABEL = 'app.kubernetes.io/name=cloudnative-pg';
/** Minor releases of 1 before this one: https://github.com/cloudnative-pg/cloudnative-pg/issues/10817 */
const WHOLE = 30;

export async function checkDatabase({
  kubectl,
  environment: { objects, folder },
}: Patient): Promise<readonly Finding[]> {
  if (!objects.some(isCluster)) return [];
  const images = await imagesOf(kubectl, 'deployments.apps', `--selector=${LABEL}`);
  const [, release, minor] =
    images.map((image) => /:v?(1\.(\d+)\.\d+)/.exec(image)).find((found) => found !== null) ?? [];
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
