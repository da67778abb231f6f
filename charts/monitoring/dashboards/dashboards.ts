import { hash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Component } from '../../lib/component';
import type { Target } from '../monitored';
import type { Dashboard } from './dashboard';
import { cloudNativePgDashboard, postgresqlDashboard } from './databases';
import { mlflowDashboard } from './mlflow';
import { type ModelsFacts, modelsDashboard } from './models';
import { minioDashboard, seaweedfsDashboard } from './object-stores';
import { operatorDashboard } from './operator';
import { type OverviewFacts, overviewDashboard } from './overview';
import { frontendDashboard, signInDashboard } from './pages';
import { grafanaJson } from './render';

export interface DashboardsProps extends OverviewFacts, ModelsFacts {
  /** Of the ConfigMaps. */
  readonly namespace: string;
  readonly environment: string;
  /** Labels by which Grafana's sidecar finds them. */
  readonly labels: Readonly<Record<string, string>>;
  /** The folder in Grafana. */
  readonly folder: string;
  /** What is scraped beside models and detectors. */
  readonly targets: readonly Target[];
}

/** The annotation that the documentation of Grafana's chart calls the folder by: sidecar.dashboards.folderAnnotation. */
const FOLDER_ANNOTATION = 'grafana_folder';

/** Dashboards for Grafana: one for each kind of what is scraped, and one for all models. */
export class Dashboards extends Component {
  constructor(scope: Construct, props: DashboardsProps) {
    super(scope, { name: 'dashboards', stage: '60-apps', namespace: props.namespace });
    const { environment, labels, folder } = props;
    for (const dashboard of dashboardsOf(props)) {
      const uid = uidOf(dashboard, environment);
      new k8s.KubeConfigMap(this, dashboard.name, {
        metadata: {
          name: `dashboard-${dashboard.name}`,
          labels: { ...labels },
          annotations: { [FOLDER_ANNOTATION]: folder },
        },
        // The sidecar writes all files of a folder into one place, whatever namespace they are from.
        data: { [`${uid}.json`]: `${JSON.stringify(grafanaJson(dashboard, uid, environment), null, 2)}\n` },
      });
    }
  }
}

/** Several environments may share a Grafana, and links to a dashboard outlive its title. */
const uidOf = ({ name }: Dashboard, environment: string) => `${name}-${hash('sha256', environment).slice(0, 8)}`;

function dashboardsOf(props: DashboardsProps): Dashboard[] {
  const of = (job: string, dashboard: (namespace: string) => Dashboard): Dashboard[] =>
    props.targets.filter((target) => target.job === job).map(({ namespace }) => dashboard(namespace));
  const signIns = props.targets.map(({ job }) => job).filter((job) => job.endsWith('-sign-in'));
  return [
    overviewDashboard(props),
    modelsDashboard(props),
    ...of('mlflow', mlflowDashboard),
    ...of('postgresql', postgresqlDashboard),
    ...of('postgres', cloudNativePgDashboard),
    ...of('minio', minioDashboard),
    ...of('seaweedfs-gateway', seaweedfsDashboard),
    ...of('seldon-core-operator', operatorDashboard),
    ...of('frontend', frontendDashboard),
    ...(signIns.length > 0 ? [signInDashboard(signIns)] : []),
  ];
}
