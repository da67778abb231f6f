import { formatCpu, formatMemory } from '../lib/quantity';
import type { ObjectJson } from '../lib/workload-json';
import { capacityOf } from '../rendering/capacity';
import { expand } from '../seldon/expansion/expansion';
import { hasEngine } from '../seldon/expansion/pod-groups';
import { type PredictorJson, type SeldonDeploymentJson, type UnitJson, unitsOf } from '../seldon/expansion/seldon-json';
import { fullName, ofKind } from './objects';
import { byText, capped, counted, grouped, indented, row } from './text';

type Model = ObjectJson & SeldonDeploymentJson;

const WIDTHS = [34];
/** How many models of one shape are named. */
const NAMED = 20;

/**
 * The models. Those of one shape (protocol, predictors, servers, scaling, requests) are told once, with the name of
 * each and the files that it serves below.
 */
export function models(objects: readonly ObjectJson[]): readonly string[] {
  const all = ofKind<SeldonDeploymentJson>(objects, 'SeldonDeployment');
  return [...grouped(all, (model) => shape(model).join('\n'))]
    .sort(([a], [b]) => byText(a, b))
    .flatMap(([text, group]) => [
      ...text.split('\n'),
      ...indented(capped(group.map(files).sort(byText), NAMED), '      '),
    ]);
}

/** A model's name and where its files are, those of its explainers included. */
function files(model: Model): string {
  const uris = model.spec.predictors.flatMap(({ graph, explainer }) => [
    ...unitsOf(graph).map(({ modelUri }) => modelUri),
    explainer?.modelUri,
  ]);
  const places = [...new Set(uris.filter((uri) => uri !== undefined))];
  return row(WIDTHS, fullName(model), places.join(', '));
}

function shape(model: Model): readonly string[] {
  const { cpu, memory } = capacityOf(model);
  return [
    `protocol ${model.spec.protocol}, asks for ${formatCpu(cpu)} CPU, ${formatMemory(memory)} memory`,
    ...indented(model.spec.predictors.flatMap((predictor) => predictorLines(model, predictor))),
  ];
}

function predictorLines(model: Model, predictor: PredictorJson): readonly string[] {
  const { name, graph, explainer, traffic, shadow } = predictor as PredictorJson & { readonly traffic?: number };
  const share = shadow ? `, a shadow of ${traffic ?? 100}%` : traffic === undefined ? '' : `, ${traffic}% of requests`;
  return [
    `predictor ${name}${share}: ${scaling(predictor)}, ${portsOf(model, name)}`,
    ...indented([
      ...(hasEngine(predictor) ? ['executor in front'] : []),
      ...tree(graph, predictor),
      ...(explainer ? [`explainer ${explainer.type}: ${counted(explainer.replicas ?? 1, 'pod')}`] : []),
    ]),
  ];
}

/** How many pods there are, and what changes that. */
function scaling({ componentSpecs, replicas = 1 }: PredictorJson): string {
  const [{ hpaSpec, kedaSpec } = {}] = componentSpecs;
  if (hpaSpec)
    return `${hpaSpec.minReplicas ?? 1} to ${hpaSpec.maxReplicas} pods by ${(hpaSpec.metricsv2 ?? []).map(metric).join(', ')}`;
  if (!kedaSpec) return counted(replicas, 'pod');
  const { triggers = [] } = kedaSpec as { readonly triggers?: readonly { readonly type: string }[] };
  return `${kedaSpec.minReplicaCount ?? 0} to ${kedaSpec.maxReplicaCount ?? 100} pods by KEDA (${triggers.map(({ type }) => type).join(', ')})`;
}

function metric(source: object): string {
  const { type, resource } = source as {
    readonly type: string;
    readonly resource?: { readonly name: string; readonly target: Readonly<Record<string, unknown>> };
  };
  if (!resource) return type;
  const { averageUtilization, averageValue } = resource.target;
  return `${resource.name} at ${averageUtilization === undefined ? averageValue : `${averageUtilization}%`}`;
}

/** The ports of the Service that the operator makes for a predictor. */
function portsOf(model: Model, predictor: string): string {
  const name = `${model.metadata.name}-${predictor}`;
  const service = expand(model).find(({ kind, metadata }) => kind === 'Service' && metadata.name === name);
  const { ports = [] } = (service?.spec ?? {}) as {
    readonly ports?: readonly { readonly name: string; readonly port: number }[];
  };
  return ports.map((port) => `${port.name} ${port.port}`).join(', ');
}

/** A graph, a line for each node, children below their parents. */
function tree(unit: UnitJson, predictor: PredictorJson): readonly string[] {
  const { logger } = unit as UnitJson & { readonly logger?: { readonly url?: string; readonly mode?: string } };
  const image = predictor.componentSpecs
    .flatMap(({ spec }) => spec.containers)
    .find(({ name }) => name === unit.name)?.image;
  const what = [unit.type, unit.implementation, image].filter((word) => word !== undefined).join(' ');
  const logs = logger ? `, logs ${logger.mode ?? 'all'} to ${logger.url ?? "the operator's default"}` : '';
  return [
    `${unit.name}: ${what}${logs}`,
    ...(unit.children ?? []).flatMap((child) => indented(tree(child, predictor))),
  ];
}
