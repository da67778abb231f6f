/** The pods of a predictor: what a model file says of where they run and of how many there are. */

import { isMapping } from '../../../charts/lib/mapping';
import { SELDON_NAMES } from '../../../charts/models/config/seldon-names';
import type { Containers } from './container';
import type { Fields, Reader } from './reader';
import { readAutoscaling, readBudget, readKeda } from './scaling';
import { readVolume } from './volumes';

export interface Components {
  readonly containers: Containers;
  /** What a file says once, for all of its predictors. */
  readonly shared: Fields;
  /** Pods, where the component and not the predictor says how many. */
  readonly replicas?: number;
  /** Notes what no node has taken. */
  done(): void;
}

export function componentsOf(predictor: Reader): Components {
  const components = [...predictor.list('componentSpecs'), predictor.mapping('componentSpec')];
  const containers: Containers = new Map();
  const shared: Record<string, unknown> = {};
  let replicas: number | undefined;
  if (components.filter((component) => component.has('spec')).length > 1)
    predictor.note('componentSpecs', 'the nodes of a graph run in one pod here, not in a pod each');
  for (const component of components) {
    Object.assign(shared, readPlacement(component.mapping('spec'), containers));
    Object.assign(shared, readAutoscaling(component.mapping('hpaSpec')));
    Object.assign(shared, readKeda(component.mapping('kedaSpec')));
    Object.assign(shared, readBudget(component.mapping('pdbSpec')));
    replicas = component.number('replicas') ?? replicas;
    const metadata = component.mapping('metadata');
    metadata.ignore('creationTimestamp', 'name');
    metadata.leave('labels', 'the platform labels what it renders; predictors have labels');
    metadata.done();
    component.done();
  }
  return {
    containers,
    shared,
    replicas,
    done: () => {
      for (const [name, { reader }] of containers) reader.note('', `no node of the graph is called ${name}`);
    },
  };
}

/** The pod's own fields; its containers are kept for the nodes of the graph. */
function readPlacement(spec: Reader, containers: Containers): Fields {
  const volumes = new Map(spec.list('volumes').map(readVolume));
  for (const reader of spec.list('containers')) containers.set(reader.text('name') ?? '', { reader, volumes });
  const nodeSelector = Object.fromEntries(spec.entries('nodeSelector'));
  const tolerations = spec.list('tolerations').map((toleration) => {
    const { operator, ...others } = Object.fromEntries(
      ['key', 'operator', 'value', 'effect'].flatMap((field) => {
        const value = toleration.text(field);
        return value === undefined ? [] : [[field, value]];
      }),
    );
    toleration.done();
    // Kubernetes takes Equal where nothing is said, and a model file takes Exists.
    return { ...others, operator: operator ?? 'Equal' };
  });
  const affinity = spec.any('affinity');
  const priorityClassName = spec.text('priorityClassName');
  const placement = {
    ...(isMapping(affinity) && Object.keys(affinity).length > 0 && { affinity }),
    ...(priorityClassName !== undefined && { priorityClassName }),
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(tolerations.length > 0 && { tolerations }),
  };
  spec.ignore('restartPolicy', 'dnsPolicy', 'schedulerName');
  spec.done(SELDON_NAMES.fields);
  return Object.keys(placement).length > 0 ? { placement } : {};
}
