/** Builds Prometheus, Alertmanager and what is beside them. */
import { join } from 'node:path';
import { build, type Mend } from './module';

/** The module comes without the page that its makers build, and is built with a frame of it. */
const ALERTMANAGER_FRAME: Mend = {
  module: 'github.com/prometheus/alertmanager',
  from: 'ui/app/index.html',
  to: 'ui/app/dist/index.html',
};

/** Builds Alertmanager, without its page, and amtool. */
export const buildAlertmanager = (project: string): Promise<string> =>
  build({
    project,
    name: 'alertmanager',
    what: 'Alertmanager and amtool (about two minutes on two cores)',
    mend: ALERTMANAGER_FRAME,
  });

/** Builds promtool and Prometheus. */
export const buildPrometheus = (project: string): Promise<string> =>
  build({ project, name: 'prometheus', what: 'Prometheus and promtool (about five minutes on two cores)' });

/** Builds kube-state-metrics. */
export const buildKubeStateMetrics = (project: string): Promise<string> =>
  build({ project, name: 'kube-state-metrics', what: 'kube-state-metrics (about three minutes on two cores)' });

/** Builds what holds dashboards to Grafana's schema. */
export const buildDashboardReader = async (project: string): Promise<string> => {
  const name = 'dashboards';
  return join(await build({ project, name, what: "readers of Grafana's dashboards (seconds)" }), name);
};

/** Builds what writes the configuration of Prometheus by the code of its operator. */
export const buildPrometheusOperator = async (project: string): Promise<string> => {
  const name = 'prometheus-operator';
  const what = "the Prometheus operator's generator (about two minutes on two cores)";
  return join(await build({ project, name, what }), name);
};
