/** The volumes of a pod, in folders of the host. */
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { k8s } from 'cdk8s-plus-27';
import type { Host } from './host';
import type { PodTemplate } from './manifests';

/** The folder of what volume claims hold, below that of the run. */
export const CLAIMS = 'claims';

export class Volumes {
  /**
   * Makes them.
   * @param folder the pod's own, which ends with it
   */
  constructor(
    private readonly host: Host,
    private readonly template: PodTemplate,
    private readonly folder: string,
  ) {
    for (const volume of template.spec.volumes ?? []) this.make(volume);
  }

  /** The folder of a volume. A claim of a StatefulSet is not among the pod's volumes. */
  path(name: string): string {
    const volume = this.template.spec.volumes?.find((candidate) => candidate.name === name);
    if (volume?.persistentVolumeClaim) return this.claim(volume.persistentVolumeClaim.claimName);
    return volume ? join(this.folder, 'volumes', name) : this.claim(join(this.template.name, name));
  }

  /** What outlives a pod. */
  private claim(name: string): string {
    const claim = join(this.host.work, CLAIMS, name);
    if (!existsSync(claim)) {
      mkdirSync(claim, { recursive: true });
      chownSync(claim, 0, this.template.spec.securityContext?.fsGroup ?? 0);
      chmodSync(claim, 0o2775);
    }
    return claim;
  }

  private make(volume: k8s.Volume): void {
    const { name, configMap, secret, emptyDir, persistentVolumeClaim } = volume;
    const { manifests } = this.host;
    const { namespace, spec } = this.template;
    const folder = this.path(name);
    mkdirSync(folder, { recursive: true });
    const group = spec.securityContext?.fsGroup ?? 0;
    const source = configMap ?? secret;
    if (emptyDir) {
      chownSync(folder, 0, group);
      chmodSync(folder, 0o2777);
    } else if (source) {
      const texts = configMap
        ? manifests.data('ConfigMap', namespace, configMap.name ?? '')
        : manifests.data('Secret', namespace, secret?.secretName ?? '');
      const items = source.items ?? Object.keys(texts).map((key) => ({ key, path: key }));
      for (const { key, path } of items) {
        const text = texts[key];
        if (text === undefined) throw new Error(`${namespace}: volume ${name} has no key ${key}`);
        const file = join(folder, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
        chownSync(file, 0, group);
        chmodSync(file, source.defaultMode ?? 0o644);
      }
    } else if (!persistentVolumeClaim && !('downwardAPI' in volume)) {
      // Annotations of the pod, which no server here reads, are left out; anything else would be missed.
      throw new Error(`volume ${name} is of a kind that is not run here`);
    }
  }
}
