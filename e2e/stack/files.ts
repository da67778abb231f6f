/** The files of the platform's own Prometheus and Alertmanager, as the programs that come with the two judge them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Manifests } from '../loop/manifests';

/** The example that has every option of them. */
export const EMBEDDED = { folder: 'examples/dist/monitored', namespace: 'watch' } as const;

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
      writeFileSync(join(root, folder, name), text.replaceAll(/(?<=[ "])\/(etc|run)\//g, `${root}/$1/`));
  };
  write('etc/prometheus/config', 'prometheus');
  const objectives = manifests.names('ConfigMap').filter((name) => name.startsWith('prometheus-objectives-'));
  for (const name of objectives) write('etc/prometheus/objectives', name);
  mkdirSync(join(root, 'etc/prometheus/authority'), { recursive: true });
  writeFileSync(join(root, 'etc/prometheus/authority/ca.crt'), '');
  write('etc/alertmanager', 'alertmanager');
  return {
    prometheus: join(root, 'etc/prometheus/config/prometheus.yaml'),
    alertmanager: join(root, 'etc/alertmanager/alertmanager.yaml'),
  };
}
