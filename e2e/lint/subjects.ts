/** What is linted: the files of environments, and what the Seldon operator makes of their models. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PlatformConfig } from '../../charts/config';
import { environmentNames, loadEnvironments } from '../../charts/environment/environments';
import { toYaml } from '../../charts/lib/yaml';
import { composePlatform, containerUserOf, objectsOf } from '../../charts/platform';
import { imagesFor } from '../../charts/rendering/images-of';
import { KUSTOMIZATION, renderEnvironments } from '../../charts/rendering/render';
import { expand } from '../../charts/seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../../charts/seldon/expansion/seldon-json';

/** Folders of environments, by what they are called here. */
const HOMES = {
  environments: 'environments',
  examples: 'examples/environments',
  'the starting environment': 'cli/init/template/environments',
} as const;

export interface Subject {
  /** Such as "examples: everything". */
  readonly name: string;
  readonly profile: PlatformConfig['profile'];
  /** Paths of its YAML files. */
  readonly files: readonly string[];
  /** Objects in them. */
  readonly objects: number;
}

type Home = keyof typeof HOMES;

/** Every environment, whatever their number and content, rendered into a folder. */
export function subjects(
  project: string,
  work: string,
  homes: readonly Home[] = Object.keys(HOMES) as Home[],
): Subject[] {
  return homes
    .filter((home) => environmentNames(join(project, HOMES[home])).length > 0)
    .flatMap((home) =>
      loadEnvironments(join(project, HOMES[home])).map((config) =>
        subject(`${home}: ${config.environment}`, config, join(work, home)),
      ),
    );
}

/** @param root the folder that the files are written to, below the name of the environment */
export function subject(name: string, config: PlatformConfig, root: string): Subject {
  const files = [...renderEnvironments([config])]
    .filter(({ path }) => path.endsWith('.yaml') && !path.endsWith(`/${KUSTOMIZATION}`))
    .map(({ path, text }) => write(join(root, path), text));
  const made = expandedView(config);
  files.push(write(join(root, config.environment, 'made-by-the-operator.yaml'), toYaml(made)));
  const platform = composePlatform(config);
  const delivered = platform.delivery.flatMap(({ objects }) => objects);
  const objects = [...objectsOf(platform)].length + delivered.length + made.length;
  return { name, profile: config.profile, files, objects };
}

/** What the operator makes of the models: no linter knows what a SeldonDeployment is. */
function expandedView(config: PlatformConfig) {
  const images = imagesFor(config);
  const containerUser = containerUserOf(config);
  const user = containerUser === 'assigned' ? undefined : containerUser;
  return [...objectsOf(composePlatform(config))]
    .filter((object) => (object as { readonly kind: string }).kind === 'SeldonDeployment')
    .flatMap((object) => expand(object as SeldonDeploymentJson, images, user));
}

function write(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
