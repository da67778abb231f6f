/** Whether pods keep others of their own kind from their node. */
import type { Pods } from './endpoint';
import type { k8s } from './k8s';

type Labels = Readonly<Record<string, string>>;

/**
 * Where it is demanded, and as many nodes fit as there are pods, a successor has no node until its predecessor is gone.
 *
 * @param labels all labels of the pods
 */
export function keepsItsOwnAway(
  affinity: k8s.Affinity | undefined,
  { namespace }: Pick<Pods, 'namespace'>,
  labels: Labels,
): boolean {
  const terms = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.some((term) => reaches(term, namespace) && selects(term.labelSelector, labels));
}

/** Whatever a selector of namespaces selects, it may be this one. */
const reaches = ({ namespaces = [], namespaceSelector }: k8s.PodAffinityTerm, namespace: string) =>
  namespaces.length === 0 || namespaces.includes(namespace) || namespaceSelector !== undefined;

/** A term without a selector is about no pod; an empty selector is about every one. */
function selects(selector: k8s.LabelSelector | undefined, labels: Labels): boolean {
  if (!selector) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => fulfils(labels, expression))
  );
}

function fulfils(labels: Labels, { key, operator, values = [] }: k8s.LabelSelectorRequirement): boolean {
  const value = labels[key];
  const isOne = value !== undefined && values.includes(value);
  switch (operator) {
    case 'In':
      return isOne;
    case 'NotIn':
      return !isOne;
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}
