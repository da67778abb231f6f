/**
 * About how many series an environment adds to Prometheus, so that nobody is surprised by ten thousand models.
 *
 * What a pod has is counted from the sources that metrics.ts names, as after a day of usual use: histograms have a series
 * for each limit and each label that was seen. It is right within a factor of two. Not in it: what kube-state-metrics and the
 * kubelet say of each pod, which they say of all pods of a cluster; and what Grafana measures, which has never run here.
 */
import { type ObjectJson, podTemplateOf, type WorkloadJson } from '../lib/workload-json';
import { instancesOf, isCluster } from '../postgresql/expansion';
import { hasEngine } from '../seldon/expansion/pod-groups';
import { type PredictorJson, type SeldonDeploymentJson, unitsOf } from '../seldon/expansion/seldon-json';
import { type ScrapedPods, scrapedPodsOf } from './scraped-pods';

/** What Prometheus writes about each target: whether it is up, how long it took, how much it was. */
const TARGET = 5;
/** Of the runtime of a program in Go, and of its process. */
const GO = 45;

/** Of one pod, by the name of its monitor. */
const OF_POD: Readonly<Record<string, number>> = {
  // 18 of each method and status, and 43 of traces, whether there are some or not.
  mlflow: 140,
  // Each table of MLflow has some 30, and each setting of the server one.
  postgresql: 2300,
  postgres: 600,
  // Of each operation that callers use; every server tells of all.
  minio: 300,
  'seaweedfs-gateway': 1500,
  'seaweedfs-volume': 400,
  'seaweedfs-master': 150,
  'seaweedfs-etcd': 1000,
  'seldon-core-operator': 400,
  frontend: 15,
  prometheus: 900,
  alertmanager: 600,
};
const SIGN_IN = GO + 75;
/** For each feature that it looks at; here ten. */
const DETECTOR = 60;
/** A histogram of 14 limits and a summary, for answers that are well and for those that are not. */
const EXECUTOR_NODE = 2 * (17 + 8);
/** 44 with answers of one code, and 20 more of each further one. */
const MLSERVER = 65;
/** Rules compute these of each model that is asked: rates and shares over seven windows. */
const RECORDED = 16;

/** What series follow from, of some rendered objects. */
export interface Scraped {
  readonly monitors: readonly ScrapedPods[];
  readonly workloads: readonly {
    readonly namespace: string;
    /** Of its pods. */
    readonly labels: Readonly<Record<string, string>>;
    readonly pods: number;
  }[];
  /** What its models add, if something scrapes them. */
  readonly models: number;
}

export const scrapedOf = (objects: readonly unknown[]): Scraped => ({
  monitors: objects.flatMap(scrapedPodsOf),
  workloads: objects.flatMap(podsOf),
  models: total(objects.map(seriesOfModel)),
});

/** @returns 0 where Prometheus finds its targets by annotations, of which nobody knows what else it adds */
export function seriesOf(parts: readonly Scraped[]): number {
  const count = podCounter(parts.flatMap(({ workloads }) => workloads));
  const monitors = parts.flatMap((part) => part.monitors);
  const ofComponents = monitors.map((pods) => count(pods) * seriesOfPod(pods.name));
  const areModelsScraped = monitors.some(({ name }) => name.startsWith('model'));
  return total(ofComponents) + (areModelsScraped ? total(parts.map(({ models }) => models)) : 0);
}

/** To two digits: it is an estimate. */
export const roundedSeries = (series: number) => String(Number(series.toPrecision(2)));

function podsOf(object: unknown): Scraped['workloads'][number][] {
  const rendered = object as WorkloadJson;
  const workload: WorkloadJson = isCluster(rendered) ? instancesOf(rendered) : rendered;
  const labels = podTemplateOf(workload)?.metadata?.labels;
  if (!labels) return [];
  return [{ namespace: workload.metadata.namespace ?? '', labels, pods: workload.spec?.replicas ?? 1 }];
}

/** Counts the pods with some labels. Of detectors there may be thousands: only workloads that share a label are compared. */
function podCounter(workloads: Scraped['workloads']): (pods: ScrapedPods) => number {
  const pair = (namespace: string, [key, value]: readonly [string, string]) => `${namespace}/${key}=${value}`;
  const byLabel = new Map<string, Scraped['workloads'][number][]>();
  for (const workload of workloads) {
    for (const label of Object.entries(workload.labels)) {
      const key = pair(workload.namespace, label);
      const known = byLabel.get(key);
      if (known) known.push(workload);
      else byLabel.set(key, [workload]);
    }
  }
  return ({ namespace, labels }) => {
    const wanted = Object.entries(labels);
    const [fewest = []] = wanted
      .map((label) => byLabel.get(pair(namespace, label)) ?? [])
      .sort((a, b) => a.length - b.length);
    const found = fewest.filter((workload) => wanted.every(([key, value]) => workload.labels[key] === value));
    return total(found.map(({ pods }) => pods));
  };
}

function seriesOfModel(object: unknown): number {
  if ((object as ObjectJson).kind !== 'SeldonDeployment') return 0;
  const { predictors, protocol } = (object as SeldonDeploymentJson).spec;
  return RECORDED + total(predictors.map((predictor) => mostPods(predictor) * seriesOfModelPod(predictor, protocol)));
}

/** Of one pod that a monitor of this name finds; not of a model. */
export const seriesOfPod = (monitor: string): number => TARGET + ofPod(monitor);

/** Of one pod of a model. */
export const seriesOfModelPod = (predictor: PredictorJson, protocol?: string): number =>
  TARGET + ofPredictor(predictor, protocol);

const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

function ofPod(monitor: string): number {
  if (monitor.endsWith('-sign-in')) return SIGN_IN;
  if (monitor.endsWith('-detector')) return DETECTOR;
  return OF_POD[monitor] ?? GO;
}

/** Seldon's wrapper has no series but those that the code of a model makes. */
function ofPredictor(predictor: PredictorJson, protocol: string | undefined): number {
  if (hasEngine(predictor)) return GO + EXECUTOR_NODE * (1 + unitsOf(predictor.graph).length);
  return protocol === 'v2' ? MLSERVER : 0;
}

const mostPods = ({ componentSpecs, replicas = 1 }: PredictorJson) => {
  const [{ hpaSpec, kedaSpec } = {}] = componentSpecs;
  return hpaSpec?.maxReplicas ?? kedaSpec?.maxReplicaCount ?? replicas;
};
