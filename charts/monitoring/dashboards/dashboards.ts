import type { Construct } from 'constructs';
import { Component } from '../../lib/component';
import { k8s } from '../../lib/k8s';
import { type DashboardFacts, dashboardFiles } from './files';

export interface DashboardsProps extends DashboardFacts {
  /** Of the ConfigMaps. */
  readonly namespace: string;
  /** Labels by which Grafana's sidecar finds them. */
  readonly labels: Readonly<Record<string, string>>;
  /** The folder in Grafana. */
  readonly folder: string;
}

/** The annotation that the documentation of Grafana's chart calls the folder by: sidecar.dashboards.folderAnnotation. */
const FOLDER_ANNOTATION = 'grafana_folder';

/** Dashboards for a Grafana of the cluster, as ConfigMaps. */
export class Dashboards extends Component {
  constructor(scope: Construct, props: DashboardsProps) {
    super(scope, { name: 'dashboards', stage: '60-apps', namespace: props.namespace });
    for (const { name, file, json } of dashboardFiles(props)) {
      new k8s.KubeConfigMap(this, name, {
        metadata: {
          name: `dashboard-${name}`,
          labels: { ...props.labels },
          annotations: { [FOLDER_ANNOTATION]: props.folder },
        },
        // The sidecar writes all files of a folder into one place, whatever namespace they are from.
        data: { [file]: json },
      });
    }
  }
}
