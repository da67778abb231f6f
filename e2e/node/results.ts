/** A table of results: what a run saw, of which commit, with which versions. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Parts } from '../cluster/build/parts';
import type { Checks } from '../cluster/checks';
import { finished, run } from '../cluster/commands';
import { POSTGRESQL_BIN, type Software } from '../software/install';

export interface Results {
  /** What was run. */
  readonly command: string;
  /** Where it is told. */
  readonly file: string;
  /** Versions of parts that are others or come besides; nothing for a part that does not run. @default - none */
  readonly versions?: Readonly<Record<string, string | undefined>>;
}

export function writeResults(
  project: string,
  parts: Parts,
  software: Software,
  checks: Checks,
  { command, file, versions: own = {} }: Results,
): void {
  const commit = finished(run('git', ['rev-parse', '--short', 'HEAD'], project));
  const dirty = finished(run('git', ['status', '--porcelain', '--', '.', `:!${file}`], project)) !== '';
  const from = dirname(file);
  const text = `# What \`${command}\` saw

Written by that command, on commit ${commit}${dirty ? ' with changes' : ''}, ${new Date().toISOString().slice(0, 10)}, ${checks.minutes} minutes on two cores
with everything built before.

${checks}
## Versions

| part | version |
| --- | --- |
${Object.entries({ ...versions(project, parts, software), ...own })
  .filter(([, version]) => version !== undefined)
  .map(([part, version]) => `| ${part} | ${version} |`)
  .join('\n')}

How each image's stand-in differs from it is in [software/README.md](${relative(from, 'e2e/software/README.md')}); the operator is the real one, of 1.16.0 in
place of 1.17.1 ([README.md](${relative(from, 'e2e/README.md')})).
`;
  writeFileSync(join(project, file), text);
}

/** @param path the folder below e2e/ of what is built with a module of Go */
export function moduleVersion(project: string, name: string, path: string): string {
  const file = readFileSync(join(project, 'e2e', path, 'go.mod'), 'utf8');
  return new RegExp(`^\\s*(?:require )?${name} (v\\S+)`, 'm').exec(file)?.[1] ?? '';
}

function versions(project: string, parts: Parts, software: Software): Record<string, string> {
  const module = (name: string, path: string) => moduleVersion(project, name, path);
  const python = (venv: string, name: string) => {
    const folder = join(venv, 'lib', readdirSync(join(venv, 'lib'))[0] ?? '', 'site-packages');
    const found = readdirSync(folder).find((entry) => new RegExp(`^${name}-[\\d.]+\\.dist-info$`, 'i').test(entry));
    return found?.replace(/^.*?-|\.dist-info$/g, '') ?? '';
  };
  return {
    Kubernetes: parts.version,
    containerd: finished(run('containerd', ['--version'], '/')).split(' ')[2] ?? '',
    CoreDNS: module('github.com/coredns/coredns', 'kubernetes/network'),
    'kube-router': module('github.com/cloudnativelabs/kube-router/v2', 'kubernetes/network'),
    'Seldon operator': module('github.com/seldonio/seldon-core/operator', 'kubernetes/seldon'),
    'Argo Workflows': module('github.com/argoproj/argo-workflows/v3', 'kubernetes/argo'),
    PostgreSQL: finished(run(join(software.postgresql, POSTGRESQL_BIN, 'postgres'), ['--version'], '/')).replace(
      /^.* /,
      '',
    ),
    MinIO: module('github.com/minio/minio', 'software/minio'),
    MLflow: python(software.tracking, 'mlflow'),
    MLServer: python(software.serving, 'mlserver'),
    XGBoost: python(software.serving, 'xgboost'),
    Streamlit: python(software.frontend, 'streamlit'),
  };
}
