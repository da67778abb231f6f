/** Builds Flux and Argo CD. */
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, sourceOf } from './module';

/** Flux's controllers and their types. */
export interface FluxParts {
  /** The folder of source-controller and kustomize-controller. */
  readonly bin: string;
  /** A file with the types that they work with. */
  readonly types: string;
}

const FLUX = ['github.com/fluxcd/source-controller', 'github.com/fluxcd/kustomize-controller'];

/** Builds the two controllers of Flux that the platform needs. */
export async function buildFlux(project: string): Promise<FluxParts> {
  const bin = await build({
    project,
    name: 'flux',
    what: "Flux's source and kustomize controllers (about four minutes on two cores)",
    finish: (folder, module) => {
      const types = FLUX.map((name) => join(sourceOf(module, name), 'config/crd/bases'));
      const files = types.flatMap((from) => readdirSync(from).map((name) => join(from, name)));
      writeFileSync(join(folder, 'types.yaml'), files.map((file) => readFileSync(file, 'utf8')).join('---\n'));
    },
  });
  return { bin, types: join(bin, 'types.yaml') };
}

/** Argo CD's controller and repository server, and their types. */
export interface ArgoCdParts {
  /** The folder of argocd-application-controller and argocd-repo-server. */
  readonly bin: string;
  readonly types: string;
}

/** Builds Argo CD: one program, which is the part that it is called by. */
export async function buildArgoCd(project: string): Promise<ArgoCdParts> {
  const bin = await build({
    project,
    name: 'argo-cd',
    what: 'Argo CD (about eight minutes on two cores)',
    finish: (folder, module) => {
      for (const part of ['application-controller', 'repo-server']) symlinkSync('cmd', join(folder, `argocd-${part}`));
      const types = join(sourceOf(module, 'github.com/argoproj/argo-cd/v3'), 'manifests/crds');
      const files = readdirSync(types).filter((name) => name.endsWith('-crd.yaml'));
      writeFileSync(
        join(folder, 'types.yaml'),
        files.map((file) => readFileSync(join(types, file), 'utf8')).join('---\n'),
      );
    },
  });
  return { bin, types: join(bin, 'types.yaml') };
}
