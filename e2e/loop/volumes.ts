/** The volumes of a pod, in folders of the host. */
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { k8s } from '../../charts/lib/k8s';
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
    const { name, configMap, secret, emptyDir, persistentVolumeClaim, projected } = volume;
    const folder = this.path(name);
    mkdirSync(folder, { recursive: true });
    if (emptyDir) {
      chownSync(folder, 0, this.group);
      chmodSync(folder, 0o2777);
    } else if (configMap || secret) {
      this.files(volume, secret ? { secret: { ...secret, name: secret.secretName } } : { configMap });
    } else if (projected) {
      for (const source of projected.sources ?? []) this.files(volume, source, projected.defaultMode);
    } else if (!persistentVolumeClaim && !('downwardAPI' in volume)) {
      // Annotations of the pod, which no server here reads, are left out; anything else would be missed.
      throw new Error(`volume ${name} is of a kind that is not run here`);
    }
  }

  /** Writes what a source has into the folder of a volume. */
  private files({ name, configMap, secret }: k8s.Volume, source: k8s.VolumeProjection, projectedMode?: number): void {
    const mode = projectedMode ?? (configMap ?? secret)?.defaultMode ?? 0o644;
    for (const [path, text] of this.textsOf(name, source)) {
      const file = join(this.path(name), path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      chownSync(file, 0, this.group);
      chmodSync(file, mode);
    }
  }

  /** The files of a source: paths and texts. */
  private textsOf(volume: string, source: k8s.VolumeProjection): [path: string, text: string][] {
    const { namespace } = this.template;
    const { configMap, secret, serviceAccountToken } = source;
    if (serviceAccountToken) return [[serviceAccountToken.path, this.host.token?.(this.template) ?? '']];
    // Of the names of a pod, clients of the API server are told their namespace.
    if (!configMap && !secret) return [['namespace', namespace]];
    const texts = configMap
      ? this.host.manifests.data('ConfigMap', namespace, configMap.name ?? '')
      : this.host.manifests.data('Secret', namespace, secret?.name ?? '');
    const items = (configMap ?? secret)?.items ?? Object.keys(texts).map((key) => ({ key, path: key }));
    return items.map(({ key, path }) => {
      const text = texts[key];
      if (text === undefined) throw new Error(`${namespace}: volume ${volume} has no key ${key}`);
      return [path, text];
    });
  }

  private get group(): number {
    return this.template.spec.securityContext?.fsGroup ?? 0;
  }
}
