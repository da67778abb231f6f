/**
 * What Grafana has from its first start: its source of data, and the folder of dashboards.
 * Source: docs/sources/administration/provisioning of Grafana 12, and of its fields for Prometheus docs/sources/datasources.
 */
import { toYaml } from '../../lib/yaml';

export interface ProvisioningProps {
  /** The origin of Prometheus. */
  readonly prometheus: string;
  /** How often it scrapes. Grafana makes no window shorter than four times that. */
  readonly interval: string;
  /** What the folder is called. */
  readonly folder: string;
  /** Where the files of dashboards are. */
  readonly path: string;
}

/** Files, by the folder that Grafana looks for them in. */
export const provisioning = ({ prometheus, interval, folder, path }: ProvisioningProps) => ({
  datasources: toYaml([
    {
      apiVersion: 1,
      prune: true,
      datasources: [
        {
          name: 'Prometheus',
          uid: 'prometheus',
          type: 'prometheus',
          access: 'proxy',
          url: prometheus,
          isDefault: true,
          editable: false,
          jsonData: { httpMethod: 'POST', timeInterval: interval },
        },
      ],
    },
  ]),
  dashboards: toYaml([
    {
      apiVersion: 1,
      providers: [
        {
          name: 'ml-platform',
          type: 'file',
          folder,
          allowUiUpdates: false,
          // A file that is gone takes its dashboard with it.
          disableDeletion: false,
          updateIntervalSeconds: 30,
          options: { path },
        },
      ],
    },
  ]),
});
