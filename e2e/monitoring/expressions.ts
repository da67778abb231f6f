/** Every expression of the rules and of the dashboards of an environment, and what to ask to see whether it finds anything. */
import { parser } from '@prometheus-io/lezer-promql';
import type { Manifests } from '../loop/manifests';
import { fasterExpression } from './faster';
import { DETECTOR, MODELS } from './models';

export interface Expression {
  /** The alert, the recorded series or the panel. */
  readonly where: string;
  readonly expr: string;
}

interface RuleJson {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert?: string; readonly record?: string; readonly expr: string }[];
    }[];
  };
}

interface DashboardJson {
  readonly title: string;
  readonly panels: readonly {
    readonly title?: string;
    readonly type: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

interface ConfigMapJson {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
}

export const expressionsOf = (manifests: Manifests): Expression[] => [...ofRules(manifests), ...ofPanels(manifests)];

const ofRules = (manifests: Manifests): Expression[] =>
  manifests
    .all<RuleJson>('PrometheusRule')
    .flatMap(({ spec }) => spec.groups)
    .flatMap(({ rules }) => rules)
    .map(({ alert, record, expr }) => ({ where: alert ?? record ?? '', expr }));

/** The choice of a model is tried with one that has all there is to see. */
const ofPanels = (manifests: Manifests): Expression[] =>
  manifests
    .all<ConfigMapJson>('ConfigMap')
    .filter(({ metadata }) => metadata.labels?.grafana_dashboard !== undefined)
    .flatMap(({ data = {} }) => Object.values(data))
    .map((text) => JSON.parse(text) as DashboardJson)
    .flatMap(({ title, panels }) =>
      panels.flatMap((panel) =>
        (panel.targets ?? []).map(({ expr }) => ({
          where: `${title.replace(/ \(.*\)$/, '')}: ${panel.title}`,
          expr: expr.replaceAll('$model-detector', DETECTOR).replaceAll('$model', MODELS[0].name),
        })),
      ),
    );

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const COMPARISONS: readonly string[] = ['Eql', 'Neq', 'Gtr', 'Lss', 'Gte', 'Lte'];

/**
 * What to ask in the place of an expression, so that an answer says that its series are there and its labels join: an alert
 * says nothing while all is well, and a panel that shows 0 in the place of nothing never says nothing. So a comparison becomes
 * a subtraction, "unless" becomes "and", what is looked for by absent() is looked for, and a last "or vector(0)" is left out.
 */
export function opened(expr: string): string {
  const edits: Edit[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, from, to, node }) => {
      if (COMPARISONS.includes(name) && node.parent?.name === 'BinaryExpr') edits.push({ from, to, text: '-' });
      if (name === 'Unless') edits.push({ from, to, text: 'and' });
      if (name === 'Absent') edits.push({ from, to, text: '' });
      if (name === 'Or' && node.parent?.parent?.name === 'PromQL' && /^\s*vector\(0\)$/.test(expr.slice(to)))
        edits.push({ from, to: expr.length, text: '' });
    },
  });
  return fasterExpression(
    edits
      .sort((a, b) => b.from - a.from)
      .reduce((text, edit) => text.slice(0, edit.from) + edit.text + text.slice(edit.to), expr),
  );
}
