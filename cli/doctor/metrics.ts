/** Whether the cluster measures what pods use, where something is scaled by that. */
import { PREREQUISITES } from '../../charts/prerequisites/catalogue';
import { type Finding, ok, type Patient, warning } from './finding';

const { api, name } = PREREQUISITES.metricsServer;

export async function checkMetrics({
  kubectl,
  environment: { objects, folder },
}: Patient): Promise<readonly Finding[]> {
  // The operator makes a HorizontalPodAutoscaler of it.
  if (!objects.some((object) => JSON.stringify(object).includes('"hpaSpec":'))) return [];
  const { code } = await kubectl.run(['get', '--raw', `/apis/${api}`]);
  if (code === 0) return [ok(`the cluster serves ${api}, which tells what pods use`)];
  return [
    warning(
      `the cluster does not serve ${api}: what scales by use stays at its least number of pods`,
      `install the ${name}: ${folder}/PREREQUISITES.md`,
    ),
  ];
}
