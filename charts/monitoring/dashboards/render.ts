/** Grafana's JSON of a dashboard, by the types that Grafana generates from its own schema. */
import { ReduceDataOptionsBuilder, VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  type Dashboard as GrafanaDashboard,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Choice, Dashboard, Panel } from './dashboard';

/** Grafana's grid. */
const COLUMNS = 24;
const SOURCE = { type: 'prometheus', uid: '${datasource}' };

/**
 * @param uid its address in Grafana, of at most 40 characters
 * @param environment stands in the title, since Grafana takes no two of one title in a folder
 */
export function grafanaJson(dashboard: Dashboard, uid: string, environment: string): GrafanaDashboard {
  const builder = new DashboardBuilder(`${dashboard.title} (${environment})`)
    .uid(uid)
    .tags(['ml-platform', environment])
    // Whose changes would be lost when the ConfigMap changes.
    .readonly()
    .timezone('browser')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
  for (const choice of dashboard.choices ?? []) builder.withVariable(variableOf(choice));
  let id = 0;
  for (const { title, panels } of dashboard.rows) {
    builder.withRow(new RowBuilder(title).id(++id));
    for (const panel of panels) builder.withPanel(panelOf(panel, COLUMNS / panels.length).id(++id));
  }
  return builder.build();
}

const variableOf = ({ name, label, series }: Choice) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(SOURCE)
    .query(`label_values(${series}, ${name})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);

function panelOf({ title, description, unit, queries, stat }: Panel, span: number) {
  const panel = stat
    ? new StatBuilder().height(4).reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    : new GraphBuilder().height(8);
  panel.title(title).unit(unit).span(span).datasource(SOURCE);
  if (description !== undefined) panel.description(description);
  for (const [index, { expr, legend }] of queries.entries()) {
    panel.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode(65 + index))
        .expr(expr)
        .legendFormat(legend),
    );
  }
  if (panel instanceof GraphBuilder) return panel.min(0).fillOpacity(10).showPoints(VisibilityMode.Never);
  return stat?.redFrom === undefined ? panel : panel.thresholds(redFrom(stat.redFrom));
}

const redFrom = (value: number) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value, color: 'red' },
  ]);
