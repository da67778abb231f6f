/** The files by which Argo CD and Flux deploy an environment, a part for each stage of it. */
import { ApiObject, type App, type Chart } from 'cdk8s';
import type { PlatformConfig } from '../config';
import type { ComponentFile } from '../lib/component';
import { STAGES, type Stage } from '../lib/stages';
import { ArgoCdRoot, ArgoCdStage } from './argo-cd';
import { FluxRoot, FluxStage } from './flux';

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
          ...stages.map((stage, index) =>
            file(`flux/${stage}`, new FluxStage(app, stage, keepsData(stage), stages[index - 1], flux)),
          ),
        ]
      : []),
  ];
}

function file(name: string, chart: Chart): DeliveryFile {
  const objects = chart.node.findAll().filter((node) => ApiObject.isApiObject(node));
  return { name, objects: objects.map((object): unknown => object.toJson()) };
}
