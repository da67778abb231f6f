/** The operator's image, and the types that the operator makes objects of. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, sourceOf } from './module';

const OPERATOR = 'github.com/seldonio/seldon-core/operator';

/** Files of the operator's image, of which the Dockerfile says what they are. */
const RESOURCES = {
  'crd-v1.yaml': 'apiextensions.k8s.io_v1_customresourcedefinition_seldondeployments.machinelearning.seldon.io.yaml',
  'validate.yaml':
    'admissionregistration.k8s.io_v1_validatingwebhookconfiguration_seldon-validating-webhook-configuration.yaml',
  'service.yaml': 'v1_service_seldon-webhook-service.yaml',
  'configmap.yaml': 'v1_configmap_seldon-config.yaml',
};

/** Types of optional parts, and the files of modules that have them. */
const TYPES = {
  'scaledobjects.keda.sh': ['github.com/kedacore/keda/v2', 'config/crd/bases/keda.sh_scaledobjects.yaml'],
  'virtualservices.networking.istio.io': ['istio.io/api', 'kubernetes/customresourcedefinitions.gen.yaml'],
  'destinationrules.networking.istio.io': ['istio.io/api', 'kubernetes/customresourcedefinitions.gen.yaml'],
  'mappings.getambassador.io': ['github.com/emissary-ingress/emissary/v3', 'manifests/emissary/emissary-crds.yaml.in'],
  'tlscontexts.getambassador.io': [
    'github.com/emissary-ingress/emissary/v3',
    'manifests/emissary/emissary-crds.yaml.in',
  ],
} as const;

/** A type that the Seldon operator makes objects of where it is told to, as YAML. */
export const operatorType = (project: string, name: keyof typeof TYPES): string =>
  typeOf(folderOf(project, 'seldon'), name);

/** What the operator's Dockerfile puts beside the binary, made as its Makefile makes it; and the types it makes use of. */
export function operatorImage(folder: string, module: string, kubectl: string): void {
  const source = join(sourceOf(module, OPERATOR), 'config/default');
  const generated = join(folder, 'generated');
  mkdirSync(generated);
  execFileSync(kubectl, ['kustomize', source, '-o', generated], { stdio: ['ignore', 'ignore', 'ignore'] });
  mkdirSync(join(folder, 'operator-resources'));
  for (const [name, file] of Object.entries(RESOURCES))
    cpSync(join(generated, file), join(folder, 'operator-resources', name));
  rmSync(generated, { recursive: true });
  renameSync(join(folder, 'operator'), join(folder, 'manager'));
  const types = Object.keys(TYPES).map((name) => typeOf(module, name as keyof typeof TYPES));
  writeFileSync(join(folder, 'types.yaml'), types.join('---\n'));
}

function typeOf(module: string, name: keyof typeof TYPES): string {
  const [owner, file] = TYPES[name];
  const documents = readFileSync(join(sourceOf(module, owner), file), 'utf8').split(/^---$/m);
  const found = documents.find((text) => text.split('\n').includes(`  name: ${name}`));
  if (found === undefined) throw new Error(`${owner} has no ${name} in ${file}`);
  return found;
}
