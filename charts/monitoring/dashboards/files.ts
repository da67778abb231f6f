/** The dashboards of an environment as files for Grafana: one for each kind of what is scraped, and one for all models. */
import { hash } from 'node:crypto';
import { asksFor, type Part } from '../metrics';
import type { Target } from '../monitored';
import type { Dashboard } from './dashboard';
import { cloudNativePgDashboard, postgresqlDashboard } from './databases';
import { mlflowDashboard } from './mlflow';
import { type ModelsFacts, modelsDashboard } from './models';
import { minioDashboard, seaweedfsDashboard } from './object-stores';
import { operatorDashboard } from './operator';
import { type OverviewFacts, overviewDashboard } from './overview';
import { frontendDashboard, signInDashboard } from './pages';
import { requestLogDashboard } from './request-log';

export interface DashboardFacts extends OverviewFacts, ModelsFacts {
  readonly environment: string;
  /** What is scraped beside models and detectors. */
  readonly targets: readonly Target[];
  /** Of what Prometheus has no series. @default - it has all */
  readonly unseen?: readonly Part[];
}

export interface DashboardFile {
  /** Of the dashboard, such as "mlflow". */
  readonly name: string;
  /** Of the file, which no other environment has. */
  readonly file: string;
  readonly json: string;
}

export function dashboardFiles(facts: DashboardFacts): DashboardFile[] {
  const { environment, unseen = [] } = facts;
  // Grafana's builders take a twentieth of a small run to load, and most environments have no dashboards.
  const { grafanaJson }: typeof import('./render') = require('./render');
  return dashboardsOf(facts).map((whole) => {
    const dashboard = without(whole, unseen);
    const uid = uidOf(dashboard, environment);
    const json = `${JSON.stringify(grafanaJson(dashboard, uid, environment), null, 2)}\n`;
    return { name: dashboard.name, file: `${uid}.json`, json };
  });
}

/** Several environments may share a Grafana, and links to a dashboard outlive its title. */
const uidOf = ({ name }: Dashboard, environment: string) => `${name}-${hash('sha256', environment).slice(0, 8)}`;

/** Without the panels and rows that would be empty. */
const without = (dashboard: Dashboard, unseen: readonly Part[]): Dashboard => ({
  ...dashboard,
  rows: dashboard.rows
    .map(({ panels, ...row }) => ({
      ...row,
      panels: panels
        .map((panel) => ({ ...panel, queries: panel.queries.filter(({ expr }) => !asksFor(expr, unseen)) }))
        .filter(({ queries }) => queries.length > 0),
    }))
    .filter(({ panels }) => panels.length > 0),
});

function dashboardsOf(facts: DashboardFacts): Dashboard[] {
  const of = (job: string, dashboard: (namespace: string) => Dashboard): Dashboard[] =>
    facts.targets.filter((target) => target.job === job).map(({ namespace }) => dashboard(namespace));
  // That of the platform's own models is not there where teams alone have some.
  const [receiver] = facts.targets.filter(({ job }) => /^request-log(-|$)/.test(job));
  const signIns = facts.targets.map(({ job }) => job).filter((job) => job.endsWith('-sign-in'));
  return [
    overviewDashboard(facts),
    modelsDashboard(facts),
    ...of('mlflow', mlflowDashboard),
    ...of('postgresql', postgresqlDashboard),
    ...of('postgres', cloudNativePgDashboard),
    ...of('minio', minioDashboard),
    ...of('seaweedfs-gateway', seaweedfsDashboard),
    ...of('seldon-core-operator', operatorDashboard),
    ...of('frontend', frontendDashboard),
    ...(receiver ? [requestLogDashboard(receiver.namespace)] : []),
    ...(signIns.length > 0 ? [signInDashboard(signIns)] : []),
  ];
}
