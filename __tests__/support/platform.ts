/** Renders platforms for tests, from settings as an environment file would have them. */

import { App } from 'cdk8s';
import type { PlatformConfig } from '../../charts/config';
import { platformSchema } from '../../charts/config';
import type { Component, ComponentFile } from '../../charts/lib/component';
import { modelSchema } from '../../charts/models/config';
import { joinLock, type ModelConfig } from '../../charts/models/join-lock';
import { composePlatform, type Platform } from '../../charts/platform';
import { SeldonCrd } from '../../charts/seldon/crd';

/** A Kubernetes object as JSON, as far as tests look into it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into objects of every kind
  readonly [field: string]: any;
}

/** The models of the guide. */
export const GUIDE_MODELS = [
  {
    name: 'mlflow-wine',
    server: 'MLFLOW_SERVER',
    uri: 's3://models/wine/mlflow-wine/1',
    form: { inputs: [{ name: 'alcohol', unit: '% vol' }] },
  },
  { name: 'xgb-wine-k8s', server: 'XGBOOST_SERVER', uri: 's3://models/wine/xgb-wine-k8s/1' },
] as const;

/** The configuration of an environment. */
export function platformConfig(
  settings: unknown = {},
  models: readonly unknown[] = GUIDE_MODELS,
  environment = 'test',
): PlatformConfig {
  return {
    environment,
    ...platformSchema.parse(settings),
    models: models.map(modelConfig),
    encrypted: [],
  };
}

/** A model as its file would give it, with nothing in the lock. */
export function modelConfig(settings: unknown): ModelConfig {
  const problems: string[] = [];
  const model = joinLock('environments/test', 'models/test.yaml', modelSchema.parse(settings), {}, problems);
  if (model === undefined || problems.length > 0) throw new Error(problems.join('\n'));
  return model;
}

/** A platform, or some components without what an environment adds to every object. */
type Unfinished = Omit<Platform, 'finish' | 'delivery'> & Partial<Pick<Platform, 'finish'>>;

/** The files of a platform: path below its environment, and the objects in each. */
export function filesOf(platform: Unfinished): Map<string, KubernetesObject[]> {
  const files = platform.components.flatMap((component) =>
    // Not instanceof: cdk8s makes that true of every Chart.
    component.constructor === SeldonCrd ? seldonCrdFiles() : filesOfComponent(component),
  );
  return new Map(files.map((file) => [`${file.stage}/${file.name}.yaml`, objectsIn(platform.finish?.(file) ?? file)]));
}

const objectsIn = ({ objects }: ComponentFile) => [...objects] as KubernetesObject[];

const filesOfComponent = (component: Component): ComponentFile[] =>
  [...component.files()].map(({ objects, ...file }) => ({
    ...file,
    // Through JSON, as the output goes: what is undefined is not there.
    objects: JSON.parse(JSON.stringify(objects)) as KubernetesObject[],
  }));

/**
 * No configuration changes the CustomResourceDefinition, and rendering it takes longer than all the rest: it is done
 * once for the thousands of platforms of the property tests. Whoever changes objects changes a copy.
 */
let rendered: ComponentFile[] | undefined;
function seldonCrdFiles(): ComponentFile[] {
  rendered ??= filesOfComponent(new SeldonCrd(new App()));
  return rendered;
}

/** Every object of an environment. */
export function objectsOf(config: PlatformConfig): KubernetesObject[] {
  return [...filesOf(composePlatform(config)).values()].flat();
}

/**
 * The one object of a kind and name.
 * @throws Error when there is none, or more than one
 */
export function find(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} objects are ${kind}/${name}`);
  return found[0];
}

/** The settings of a store of MinIO, where that is the kind of object store. */
export function minioOf({ objectStore }: Pick<PlatformConfig, 'objectStore'>) {
  if (objectStore.kind !== 'embedded') throw new Error(`objectStore is of kind ${objectStore.kind}`);
  return objectStore;
}

/** The settings of the embedded server, where that is the kind of database. */
export function embedded({ postgresql }: Pick<PlatformConfig, 'postgresql'>) {
  if (postgresql.kind !== 'embedded') throw new Error(`postgresql is of kind ${postgresql.kind}`);
  return postgresql;
}
