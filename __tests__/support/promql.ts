/** Reads PromQL by the grammar of Prometheus itself. */
import { parser } from '@prometheus-io/lezer-promql';

export interface Selector {
  /** Names that the series may have; several where a pattern lists them. */
  readonly names: readonly string[];
  /** Values that labels may have, by label, but for those of patterns with more than a list. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

/** Grafana puts something in the place of a variable before Prometheus reads the expression. */
export const withoutVariables = (expr: string): string =>
  expr.replaceAll('[$__rate_interval]', '[5m]').replace(/\$\w+/g, 'chosen');

/**
 * What an expression selects.
 * @throws Error where it is no PromQL
 */
export function selectorsOf(expr: string): Selector[] {
  const selectors: Selector[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, type, from, to, node }) => {
      if (type.isError) throw new Error(`no PromQL from "${expr.slice(from, from + 30)}" on: ${expr}`);
      if (name === 'VectorSelector') selectors.push(selectorOf(expr.slice(from, to), node.firstChild?.name));
    },
  });
  return selectors;
}

function selectorOf(text: string, first: string | undefined): Selector {
  const matchers = [...text.matchAll(/(\w+)(=~?)"([^"]*)"/g)].map(
    ([, label = '', , value = '']) => [label, value.replaceAll('\\\\', '').split('|')] as const,
  );
  const labels = Object.fromEntries(matchers);
  const name = first === 'Identifier' ? [text.replace(/\{.*/s, '')] : (labels.__name__ ?? []);
  return { names: name, labels };
}
