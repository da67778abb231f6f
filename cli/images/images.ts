/** `ml-platform images`: the images of an environment, their mirror, their digests and their bill of materials. */
import { type Command, Option } from 'commander';
import { loadEnvironment } from '../../charts/environment/environments';
import { unusedEntries } from '../../charts/images/digests';
import { imageLockCommand, imageLockFile } from '../../charts/images/lock';
import { registry } from '../../config/image-fields';
import { UsageError } from '../command';
import { ENVIRONMENTS, requireEnvironments } from '../environments';
import { examples } from '../help';
import type { Terminal } from '../terminal';
import { imageTable, listImages } from './list';
import { lockImages } from './lock';
import { mirrorCommands, TOOLS, type Tool } from './mirror';
import { sbom } from './sbom';

interface Options {
  readonly output: 'table' | 'json';
  /** The registry, or true for the one of platform.yaml. */
  readonly mirror?: string | true;
  readonly tool: Tool;
  readonly lock?: true;
  readonly update?: true;
  readonly sbom?: true;
}

export function addImages(program: Command, terminal: Terminal): void {
  program
    .command('images')
    .summary('list, mirror and lock the images of an environment')
    .description(
      'Lists every image that an environment needs, also those that only the Seldon operator starts, with licence, ' +
        'architectures and users. Nothing but --lock needs a network.',
    )
    .argument('<env>', 'the environment')
    .addOption(new Option('--output <form>', 'the form of the list').choices(['table', 'json']).default('table'))
    .option(
      '--mirror [registry]',
      'print the commands that copy the images to this registry, or to where images.registry and images.registries have them',
    )
    .addOption(new Option('--tool <name>', 'what copies, with --mirror').choices(TOOLS).default('crane'))
    .addOption(
      new Option('--lock', 'ask registries for the digest of each image, and write images.lock.yaml').conflicts([
        'mirror',
        'sbom',
      ]),
    )
    .option('--update', 'with --lock: ask again for images that the lock has, whose tags may have moved')
    .addOption(new Option('--sbom', 'print a bill of materials, CycloneDX 1.6 in JSON').conflicts('mirror'))
    .addHelpText('after', '\nRegistries are asked with the logins of ~/.docker/config.json.')
    .addHelpText(
      'after',
      examples(
        'npx ml-platform images minikube',
        'npx ml-platform images minikube --lock && npx ml-platform synth minikube',
        'npx ml-platform images minikube --mirror=registry.example.com/mirror | sh',
        'npx ml-platform images minikube --sbom > minikube.cdx.json',
      ),
    )
    .action((environment: string, options: Options) => run(environment, options, terminal));
}

async function run(environment: string, options: Options, terminal: Terminal): Promise<void> {
  requireEnvironments([environment]);
  if (options.update && !options.lock) throw new UsageError('--update is for --lock');
  const root = `${ENVIRONMENTS}/${environment}`;
  const config = loadEnvironment(ENVIRONMENTS, environment);
  if (options.lock) return lockImages(root, config, options.update ?? false, terminal);
  const images = listImages(config);
  const unused = unusedEntries(
    config.imageLock,
    images.map(({ image }) => image),
  );
  if (unused.length > 0) {
    terminal.err(
      `${imageLockFile(root)}: no image is ${unused.join(', ')}; "${imageLockCommand(root)}" removes them\n`,
    );
  }
  if (options.mirror !== undefined) {
    const lines = mirrorCommands(config, images, registryOption(options.mirror), options.tool);
    return terminal.out(`${lines.join('\n')}\n`);
  }
  if (options.sbom) return terminal.out(json(sbom(environment, images)));
  terminal.out(options.output === 'json' ? json(images) : imageTable(images));
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** @throws UsageError where it is no registry */
function registryOption(value: string | true): string | undefined {
  if (value === true) return undefined;
  const result = registry('registry.example.com/mirror').safeParse(value);
  if (result.success) return value;
  throw new UsageError(
    `--mirror: ${result.error.issues[0]?.message}, not "${value}", such as "registry.example.com/mirror"`,
  );
}
