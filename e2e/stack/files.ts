/** The files of the platform's own Prometheus and Alertmanager, as the programs that come with the two judge them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apiToken } from '../../charts/lib/api-token';
import { Manifests } from '../loop/manifests';

/** The example that has every option of them. */
export const EMBEDDED = { folder: 'examples/dist/monitored', namespace: 'watch' } as const;

const API_TOKEN = apiToken().path;

export interface StackFiles {
  readonly prometheus: string;
  readonly alertmanager: string;
}

/** Writes them below a folder, which takes the place of the root of a container. */
export function stackFiles(project: string, root: string): StackFiles {
  const manifests = new Manifests(join(project, EMBEDDED.folder), '');
  const write = (folder: string, configMap: string) => {
    mkdirSync(join(root, folder), { recursive: true });
    for (const [name, text] of Object.entries(manifests.data('ConfigMap', EMBEDDED.namespace, configMap)))
      writeFileSync(join(root, folder, name), text.replaceAll(/(?<=[ "])\/(etc|run|var)\//g, `${root}/$1/`));
  };
  write('etc/prometheus/config', 'prometheus');
  const objectives = manifests.names('ConfigMap').filter((name) => name.startsWith('prometheus-objectives-'));
  for (const name of objectives) write('etc/prometheus/objectives', name);
  for (const file of ['etc/prometheus/authority/ca.crt', `${API_TOKEN}/token`, `${API_TOKEN}/ca.crt`]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  write('etc/alertmanager', 'alertmanager');
  return {
    prometheus: join(root, 'etc/prometheus/config/prometheus.yaml'),
    alertmanager: join(root, 'etc/alertmanager/alertmanager.yaml'),
  };
}
