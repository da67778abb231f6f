/**
 * The images of an environment as a software bill of materials: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/
 *
 * It says which images run, under which digest and licence. What is inside an image is said by its own bill of materials,
 * which its publisher or a scanner makes; the digest connects the two. The same environment gives the same bytes, so it
 * has no serial number and no time.
 */
import { splitImage } from '../../charts/images/references';
import { version } from '../../package.json';
import { type ListedImage, tagOf } from './list';

export function sbom(environment: string, images: readonly ListedImage[]): object {
  const platform = `platform:${environment}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'ml-platform', version }] },
      component: { type: 'platform', 'bom-ref': platform, name: environment },
    },
    components: images.map(component),
    dependencies: [{ ref: platform, dependsOn: images.map(({ image }) => image) }, ...images.map(alone)],
  };
}

/** What an image depends on is not known here. */
const alone = ({ image }: ListedImage) => ({ ref: image, dependsOn: [] });

function component(listed: ListedImage): object {
  const { image, digest, licence, purpose, architectures = [], usedBy } = listed;
  const property = (name: string) => (value: string) => ({ name: `ml-platform:${name}`, value });
  return {
    type: 'container',
    'bom-ref': image,
    name: splitImage(image).repository,
    version: tagOf(listed),
    description: purpose,
    ...(digest && { hashes: [{ alg: 'SHA-256', content: digest.replace('sha256:', '') }] }),
    ...(licence && { licenses: [{ license: { id: licence, acknowledgement: 'declared' } }] }),
    purl: purlOf(listed),
    properties: [...architectures.map(property('architecture')), ...usedBy.map(property('used-by'))],
  };
}

/** Source: https://github.com/package-url/purl-spec, types oci. A digest is its version, and it has none without one. */
function purlOf(listed: ListedImage): string {
  const { repository } = splitImage(listed.image);
  const name = repository.slice(repository.lastIndexOf('/') + 1);
  const version = listed.digest === undefined ? '' : `@${encodeURIComponent(listed.digest)}`;
  const qualifiers = `repository_url=${encodeURIComponent(repository)}&tag=${encodeURIComponent(tagOf(listed))}`;
  return `pkg:oci/${name}${version}?${qualifiers}`;
}
