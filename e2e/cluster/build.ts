/** Builds Kubernetes, etcd, kwok, operators, Argo Workflows and linters from their modules, once, into an ignored folder of the checkout. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PREREQUISITES } from '../../charts/prerequisites/catalogue';

/** Folders with the commands that run. */
export interface Parts {
  /** etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl and, of the newest, kubelet and kube-proxy. */
  readonly kubernetes: string;
  /** kwok. */
  readonly node: string;
  /** What kwok makes of nodes and pods: files of its module. */
  readonly stages: readonly string[];
  /** The operator, and what its image has besides. */
  readonly seldon: string;
  /** CoreDNS and kube-router; only where it was asked for. */
  readonly network: string;
  /** Argo's workflow-controller and argoexec, and argo-types.yaml; only where it was asked for. */
  readonly argo: string;
  /** A file with the types of other projects that it can make objects of. */
  readonly types: string;
  /** Such as "v1.35.4". */
  readonly version: string;
}

const MODULES = 'e2e/kubernetes';

/** Nodes are ready and pods run at once; the pods of Jobs succeed. */
const KWOK_STAGES = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
];

const BARMAN_PLUGIN = 'github.com/cloudnative-pg/plugin-barman-cloud';
const CERT_MANAGER = 'github.com/cert-manager/cert-manager';
const CLOUD_NATIVE_PG = 'github.com/cloudnative-pg/cloudnative-pg';
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

/** The module comes without its file of signals on Linux. That of macOS has the same, by calls that both systems have. */
const ARGO_SIGNALS: Mend = {
  module: 'github.com/argoproj/argo-workflows/v3',
  from: 'workflow/executor/osspecific/signal_darwin.go',
  to: 'workflow/executor/osspecific/signal_linux.go',
};

/** Its providers of DNS are more than a hundred modules, some of which the module proxy does not serve; ours knows none. */
const TRAEFIK_DNS: Mend = {
  module: 'github.com/go-acme/lego/v5',
  from: 'dns/providers.go',
  to: 'providers/dns/zz_gen_dns_providers.go',
  ours: true,
};

/** The file with Argo's types. */
export const ARGO_TYPES = 'argo-types.yaml';

/** The minor releases that can be built, oldest first. */
export function versions(project: string): string[] {
  return readdirSync(join(project, MODULES))
    .filter((name) => /^1\.\d+$/.test(name))
    .sort((a, b) => Number(a.slice(2)) - Number(b.slice(2)));
}

/** What a cluster has only where something needs it: a real node its network, batches Argo. */
export type OptionalPart = 'network' | 'argo';

export async function buildParts(
  project: string,
  minor: string,
  optional: readonly OptionalPart[] = [],
): Promise<Parts> {
  const { kubernetes, version } = await buildKubernetes(project, minor);
  const node = await build({
    project,
    name: 'node',
    what: 'kwok (about two minutes on two cores)',
    finish: (folder, module) => {
      const stages = join(sourceOf(module, 'sigs.k8s.io/kwok'), 'kustomize/stage');
      for (const stage of KWOK_STAGES) cpSync(join(stages, stage), join(folder, flat(stage)));
    },
  });
  const seldon = await build({
    project,
    name: 'seldon',
    what: 'the Seldon operator (about two minutes on two cores)',
    finish: (folder, module) => operatorImage(folder, module, join(kubernetes, 'kubectl')),
  });
  const network = optional.includes('network')
    ? await build({ project, name: 'network', what: 'CoreDNS and kube-router (about two minutes on two cores)' })
    : '';
  const argo = optional.includes('argo')
    ? await build({
        project,
        name: 'argo',
        what: 'Argo Workflows (about four minutes on two cores)',
        mend: ARGO_SIGNALS,
        finish: argoTypes,
      })
    : '';
  return {
    network,
    argo,
    version,
    kubernetes,
    node,
    stages: KWOK_STAGES.map((stage) => join(node, flat(stage))),
    seldon,
    types: join(seldon, 'types.yaml'),
  };
}

/** Builds what a control plane is made of. */
export async function buildKubernetes(project: string, minor: string): Promise<Pick<Parts, 'kubernetes' | 'version'>> {
  const version = patchVersion(project, minor);
  const stamp = Object.entries({ gitVersion: version, gitMajor: '1', gitMinor: minor.slice(2) })
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ');
  const kubernetes = await build({
    project,
    name: minor,
    what: `Kubernetes ${version} and etcd (about six minutes on two cores)`,
    stamp,
    finish: (folder) => renameSync(join(folder, 'server'), join(folder, 'etcd')),
  });
  return { kubernetes, version };
}

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
  const source = sourceOf(join(project, MODULES, 'traefik'), 'github.com/traefik/traefik/v3');
  const rights = join(source, 'docs/content/reference/dynamic-configuration/kubernetes-gateway-rbac.yml');
  return { program: join(bin, 'traefik'), types: join(bin, 'types.yaml'), rights };
}

/** The CloudNativePG operator, or a plugin of it. */
export interface CloudNativePg {
  /** What its image has: its program, which runs in instances, too. */
  readonly root: string;
  /** What its release installs. */
  readonly manifest: string;
}

export async function buildCloudNativePg(project: string): Promise<CloudNativePg> {
  const bin = await build({
    project,
    name: 'cloudnativepg',
    what: 'the CloudNativePG operator (about three minutes on two cores)',
    finish: (folder, module) => {
      const releases = join(sourceOf(module, CLOUD_NATIVE_PG), 'releases');
      const version = PREREQUISITES.cloudNativePg.version.slice(1);
      cpSync(join(releases, `cnpg-${version}.yaml`), join(folder, 'manifest.yaml'));
      // It offers instances the programs that it finds there, by their architecture.
      mkdirSync(join(folder, 'cloudnativepg/operator'), { recursive: true });
      renameSync(join(folder, 'manager'), join(folder, 'cloudnativepg/operator/manager_amd64'));
      symlinkSync('operator/manager_amd64', join(folder, 'cloudnativepg/manager'));
    },
  });
  return { root: join(bin, 'cloudnativepg'), manifest: join(bin, 'manifest.yaml') };
}

/** Builds the Barman Cloud plugin: one program, which is the plugin and what runs beside an instance. */
export async function buildBarmanPlugin(project: string): Promise<CloudNativePg> {
  const bin = await build({
    project,
    name: 'barman-plugin',
    what: 'the Barman Cloud plugin (about three minutes on two cores)',
    finish: (folder, module) => {
      cpSync(join(sourceOf(module, BARMAN_PLUGIN), 'manifest.yaml'), join(folder, 'manifest.yaml'));
      mkdirSync(join(folder, 'barman-plugin'));
      renameSync(join(folder, 'manager'), join(folder, 'barman-plugin/manager'));
    },
  });
  return { root: join(bin, 'barman-plugin'), manifest: join(bin, 'manifest.yaml') };
}

/** cert-manager. */
export interface CertManagerParts {
  /** The folder of its commands: controller, webhook and cainjector. */
  readonly bin: string;
  /** What its release installs. */
  readonly manifest: string;
}

/** Builds cert-manager, with commands of our own around its code: its own are in no module that the module proxy serves. */
export async function buildCertManager(project: string): Promise<CertManagerParts> {
  const bin = await build({
    project,
    name: 'cert-manager',
    what: 'cert-manager (about three minutes on two cores)',
    finish: (folder, module) => {
      const chart = join(sourceOf(module, CERT_MANAGER), 'deploy/charts/cert-manager');
      const args = [chart, PREREQUISITES.certManager.version];
      writeFileSync(join(folder, 'manifest.yaml'), execFileSync(join(folder, 'manifest'), args));
    },
  });
  return { bin, manifest: join(bin, 'manifest.yaml') };
}

/** Builds kube-score and kubeconform, in a minute or two. */
export const buildLinters = (project: string): Promise<string> =>
  build({ project, name: 'lint', what: 'kube-score and kubeconform (about a minute on two cores)' });

/** The module comes without the page that its makers build, and is built with a frame of it. */
const ALERTMANAGER_FRAME: Mend = {
  module: 'github.com/prometheus/alertmanager',
  from: 'ui/app/index.html',
  to: 'ui/app/dist/index.html',
};

/** Builds Alertmanager, without its page, and amtool. */
export const buildAlertmanager = (project: string): Promise<string> =>
  build({
    project,
    name: 'alertmanager',
    what: 'Alertmanager and amtool (about two minutes on two cores)',
    mend: ALERTMANAGER_FRAME,
  });

/** Builds kubeseal, sops and age-keygen. */
export const buildSecretTools = (project: string): Promise<string> =>
  build({ project, name: 'secrets', what: 'kubeseal, sops and age (about five minutes on two cores)' });

/** Builds the External Secrets Operator; its types are a folder of files. */
export async function buildExternalSecrets(project: string): Promise<{ readonly bin: string; readonly types: string }> {
  const name = 'external-secrets';
  const bin = await build({ project, name, what: 'the External Secrets Operator (about ten minutes on two cores)' });
  const module = 'github.com/external-secrets/external-secrets';
  return { bin, types: join(sourceOf(join(project, MODULES, name), module), 'config/crds/bases') };
}

/** Builds promtool and Prometheus. */
export const buildPrometheus = (project: string): Promise<string> =>
  build({ project, name: 'prometheus', what: 'Prometheus and promtool (about five minutes on two cores)' });

/** Builds kube-state-metrics. */
export const buildKubeStateMetrics = (project: string): Promise<string> =>
  build({ project, name: 'kube-state-metrics', what: 'kube-state-metrics (about three minutes on two cores)' });

/** Builds what holds dashboards to Grafana's schema. */
export const buildDashboardReader = async (project: string): Promise<string> => {
  const name = 'dashboards';
  return join(await build({ project, name, what: "readers of Grafana's dashboards (seconds)" }), name);
};

/** Builds what writes the configuration of Prometheus by the code of its operator. */
export const buildPrometheusOperator = async (project: string): Promise<string> => {
  const name = 'prometheus-operator';
  const what = "the Prometheus operator's generator (about two minutes on two cores)";
  return join(await build({ project, name, what }), name);
};

/** The release of Kubernetes that is built for a minor one, such as "v1.35.4". */
export function patchVersion(project: string, minor: string): string {
  const module = readFileSync(join(project, MODULES, minor, 'go.mod'), 'utf8');
  const version = /^\s*k8s\.io\/kubernetes (v\S+)/m.exec(module)?.[1];
  if (version === undefined) throw new Error(`${MODULES}/${minor}/go.mod does not require k8s.io/kubernetes`);
  return version;
}

/** The folder of the source of Kubernetes, which nothing is built of. */
export const kubernetesSource = (project: string, minor: string): string =>
  sourceOf(join(project, MODULES, minor), 'k8s.io/kubernetes');

/** A type that the Seldon operator makes objects of where it is told to, as YAML. */
export const operatorType = (project: string, name: keyof typeof TYPES): string =>
  typeOf(join(project, MODULES, 'seldon'), name);

/** The command of the registry of the distribution project. */
export async function buildRegistry(project: string): Promise<string> {
  return join(
    await build({ project, name: 'registry', what: 'a registry (about two minutes on two cores)' }),
    'registry',
  );
}

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

const flat = (path: string) => path.replaceAll('/', '-');

/** What the operator's Dockerfile puts beside the binary, made as its Makefile makes it; and the types it makes use of. */
function operatorImage(folder: string, module: string, kubectl: string): void {
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

/** The types that the controller of Argo Workflows works with. */
function argoTypes(folder: string, module: string): void {
  const types = join(sourceOf(module, 'github.com/argoproj/argo-workflows/v3'), 'manifests/base/crds/minimal');
  const files = readdirSync(types).filter((name) => name.startsWith('argoproj.io_'));
  writeFileSync(join(folder, ARGO_TYPES), files.map((name) => readFileSync(join(types, name), 'utf8')).join('---\n'));
}

/** The folder of a module's source, which is fetched where it is not there yet. */
function sourceOf(module: string, name: string): string {
  const told = execFileSync('go', ['mod', 'download', '-json', name], { cwd: module, encoding: 'utf8' });
  return (JSON.parse(told) as { readonly Dir: string }).Dir;
}

/** A module one of whose files is missing or cannot be built, and the file that serves. */
interface Mend {
  readonly module: string;
  /** A file of the module, or of the folder here. */
  readonly from: string;
  readonly to: string;
  /** Whether it is of the folder here. @default false */
  readonly ours?: boolean;
}

interface Build {
  readonly project: string;
  /** The folder of its module. */
  readonly name: string;
  readonly what: string;
  /** For the linker. */
  readonly stamp?: string;
  readonly mend?: Mend;
  /** What is to be done with the folder of the commands. */
  readonly finish?: (folder: string, module: string) => void;
}

/** @returns the folder of the built commands, named by what they were built from */
async function build({ project, name, what, stamp = '', mend, finish }: Build): Promise<string> {
  const module = join(project, MODULES, name);
  const hash = createHash('sha256');
  const sources = readdirSync(module, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => join(module, name));
  for (const file of sources.filter((path) => statSync(path).isFile())) hash.update(readFileSync(file));
  const cache = join(project, '.cache/e2e');
  const folder = join(cache, `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return join(folder, 'bin');

  console.error(`building ${what}`);
  const start = Date.now();
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(join(cache, 'building-'));
  const progress = setInterval(() => {
    console.error(`  building ${name}, ${Math.round((Date.now() - start) / 1000)} s`);
  }, 30_000);
  // An interrupted build leaves nothing but what Go itself keeps.
  const discard = () => rmSync(temporary, { recursive: true, force: true });
  process.once('exit', discard);
  const end = (signal: NodeJS.Signals) => process.exit(signal === 'SIGINT' ? 130 : 143);
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    // "providerless" leaves out the cloud providers that older releases still had inside.
    const flags = ['-trimpath', '-buildvcs=false', '-tags', 'providerless', '-ldflags', `-s -w ${stamp}`];
    if (mend !== undefined) flags.push('-modfile', mended(temporary, module, mend));
    await run('go', ['build', ...flags, '-o', `${temporary}/bin/`, 'tool'], module);
    finish?.(join(temporary, 'bin'), module);
    rmSync(join(temporary, MENDED), { recursive: true, force: true });
    rename(temporary, folder);
  } finally {
    clearInterval(progress);
    process.off('SIGINT', end).off('SIGTERM', end).off('exit', discard);
    discard();
  }
  console.error(`  built in ${Math.round((Date.now() - start) / 1000)} s`);
  return join(folder, 'bin');
}

const MENDED = 'mended';

/**
 * Copies the module, with the file that serves.
 * @returns a go.mod that takes the copy
 */
function mended(temporary: string, folder: string, { module, from, to, ours = false }: Mend): string {
  const copy = join(temporary, MENDED, 'source');
  cpSync(sourceOf(folder, module), copy, { recursive: true });
  cpSync(join(ours ? folder : copy, from), join(copy, to), { force: true });
  cpSync(join(folder, 'go.sum'), join(temporary, MENDED, 'go.sum'));
  const file = join(temporary, MENDED, 'go.mod');
  writeFileSync(file, `${readFileSync(join(folder, 'go.mod'), 'utf8')}\nreplace ${module} => ${copy}\n`);
  return file;
}

/** Another run may have built the same in the meantime, and may be using it. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args[0]} failed in ${cwd}`)),
    );
  });
}
