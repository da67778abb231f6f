/** The files by which Argo CD and Flux deploy an environment, a part for each stage of it. */
import { ApiObject, type App, type Chart } from 'cdk8s';
import type { PlatformConfig } from '../config';
import type { ComponentFile } from '../lib/component';
import { STAGES, type Stage } from '../lib/stages';
import { ArgoCdRoot, ArgoCdStage } from './argo-cd';
import { type FluxProps, FluxRoot, FluxSecrets, FluxStage, SECRETS } from './flux';

/** The folder below dist/<env>/. It is no stage: what is in it is for the namespaces of those tools. */
export const DELIVERY = 'delivery';

export type DeliveryFile = Pick<ComponentFile, 'name' | 'objects'>;

/** Stages with what must outlive whatever deploys it: namespaces, types, volumes and who acts on them. */
const KEEPS_DATA: readonly Stage[] = ['10-setup', '20-operators', '30-data'];

/** @param used the stages that the environment has files in */
export function deliveryFiles(app: App, config: PlatformConfig, used: ReadonlySet<Stage>): DeliveryFile[] {
  const { environment, delivery } = config;
  const stages = STAGES.filter((stage) => used.has(stage));
  const path = `dist/${environment}`;
  const argoCd = delivery.argoCd && { path, ...delivery.argoCd, environment };
  const flux = delivery.flux && { path, ...delivery.flux, environment };
  const keepsData = (stage: Stage) => KEEPS_DATA.includes(stage);
  const sops = config.secrets.backend === 'sops';
  return [
    ...(argoCd
      ? [
          file('argo-cd', new ArgoCdRoot(app, argoCd)),
          ...stages.map((stage) => file(`argo-cd/${stage}`, new ArgoCdStage(app, stage, keepsData(stage), argoCd))),
        ]
      : []),
    ...(flux
      ? [
          file('flux', new FluxRoot(app, flux)),
          ...stages.map((stage, index) => {
            const before = sops && index === 1 ? SECRETS : stages[index - 1];
            return file(`flux/${stage}`, new FluxStage(app, stage, keepsData(stage), before, flux));
          }),
          ...(sops ? secretFiles(app, config, flux) : []),
        ]
      : []),
  ];
}

/** The encrypted Secrets, which are for Flux alone: the API server takes no such objects. */
const secretFiles = (app: App, { secrets, encrypted }: PlatformConfig, flux: FluxProps): DeliveryFile[] => [
  file(`flux/${SECRETS}`, new FluxSecrets(app, STAGES[0], secrets.sops.keySecret, flux)),
  { name: `${SECRETS}/${SECRETS}`, objects: encrypted.map(({ object }) => object) },
];

function file(name: string, chart: Chart): DeliveryFile {
  const objects = chart.node.findAll().filter((node) => ApiObject.isApiObject(node));
  return { name, objects: objects.map((object): unknown => object.toJson()) };
}
