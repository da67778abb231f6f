/** `ml-platform publish`: uploads dist/<env> as an OCI artifact, which Flux deploys. */
import type { Command } from 'commander';
import { imageReference } from '../../config/image-fields';
import { readRendered } from '../cluster/rendered';
import { UsageError } from '../command';
import { examples } from '../help';
import { dockerLogins } from '../images/login';
import { Registries } from '../images/registry';
import { DIST } from '../synth/synth';
import type { Terminal } from '../terminal';
import { artifactOf } from './artifact';

const EXAMPLE = 'oci://registry.example.com/team/platform:production';

export function addPublish(program: Command, terminal: Terminal): void {
  program
    .command('publish')
    .summary('upload dist/<env> as an OCI artifact, for Flux')
    .description(
      'Uploads the rendered files of an environment as an OCI artifact that an OCIRepository of Flux reads, with a list of ' +
        'their checksums (SHA256SUMS). The same files give the same artifact, and the same digest.',
    )
    .argument('<env>', 'the environment, as it is in dist/')
    .argument('<artifact>', `where to, with a tag, such as ${EXAMPLE}`)
    .addHelpText('after', '\nThe registry is asked with the login of ~/.docker/config.json.')
    .addHelpText('after', examples(`npx ml-platform publish production ${EXAMPLE}`))
    .action(async (environment: string, address: string) => {
      const artifact = referenceIn(address);
      const { name } = readRendered(environment);
      const { blobs, manifest, files } = artifactOf(name, DIST);
      const digest = await new Registries(dockerLogins(terminal.env)).push(artifact, blobs, manifest);
      terminal.out(`${address}: ${files} files\n${digest}\n`);
    });
}

/** @throws UsageError where it names no artifact with a tag */
function referenceIn(address: string): string {
  const artifact = address.replace(/^oci:\/\//, '');
  const isTagged = imageReference(EXAMPLE).safeParse(artifact).success && !artifact.includes('@');
  if (address.startsWith('oci://') && isTagged) return artifact;
  throw new UsageError(`"${address}" is no artifact with a tag other than "latest", such as "${EXAMPLE}"`);
}
