/** Builds Traefik. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, folderOf, type Mend, sourceOf } from './module';

/** Its providers of DNS are more than a hundred modules, some of which the module proxy does not serve; ours knows none. */
const TRAEFIK_DNS: Mend = {
  module: 'github.com/go-acme/lego/v5',
  from: 'dns/providers.go',
  to: 'providers/dns/zz_gen_dns_providers.go',
  ours: true,
};

/** Traefik, and the types of the Gateway API that it works with. */
export interface TraefikParts {
  /** The program. */
  readonly program: string;
  /** A file. */
  readonly types: string;
  /** A file with what its account in a cluster may do, for an account that the file names. */
  readonly rights: string;
}

/** Builds Traefik, which is one of the implementations of the Gateway API. */
export async function buildTraefik(project: string): Promise<TraefikParts> {
  const bin = await build({
    project,
    name: 'traefik',
    what: 'Traefik (about eight minutes on two cores)',
    mend: TRAEFIK_DNS,
    finish: (folder, module) => {
      const types = join(sourceOf(module, 'sigs.k8s.io/gateway-api'), 'config/crd/standard');
      // The types alone: beside them is a policy on who may change them.
      const files = readdirSync(types).filter((name) => /^gateway\.networking\.k8s\.io_(?!vap_)/.test(name));
      writeFileSync(
        join(folder, 'types.yaml'),
        files.map((file) => readFileSync(join(types, file), 'utf8')).join('---\n'),
      );
    },
  });
  const source = sourceOf(folderOf(project, 'traefik'), 'github.com/traefik/traefik/v3');
  const rights = join(source, 'docs/content/reference/dynamic-configuration/kubernetes-gateway-rbac.yml');
  return { program: join(bin, 'traefik'), types: join(bin, 'types.yaml'), rights };
}
