/** Manifests whose proxies listen at addresses of their own. */
import { Manifests } from '../loop/manifests';

/** All pods share one network, so that each proxy listens at its own address alone; in a cluster it has one to itself. */
export class Listening extends Manifests {
  constructor(
    folder: string,
    secrets: string,
    private readonly address: string,
  ) {
    super(folder, secrets);
  }

  override data(kind: 'ConfigMap' | 'Secret', namespace: string, name: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(super.data(kind, namespace, name)).map(([key, text]) => [
        key,
        text.replace(/bindAddress: ":(\d+)"/g, `bindAddress: "${this.address}:$1"`),
      ]),
    );
  }
}

/** A proxy as it would be without `access.signIn.authority`. */
export class WithoutAuthority extends Listening {
  override data(kind: 'ConfigMap' | 'Secret', namespace: string, name: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(super.data(kind, namespace, name)).map(([key, text]) => [
        key,
        text.replace(/^ +caFiles:\n +- .*\n/m, ''),
      ]),
    );
  }
}
