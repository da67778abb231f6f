/** Renders platforms to the files of dist/. */
import { exposedHost } from '../access/config';
import type { PlatformConfig } from '../config';
import { DELIVERY } from '../delivery/delivery';
import type { ComponentFile } from '../lib/component';
import { toYaml } from '../lib/yaml';
import { seriesOf } from '../monitoring/series';
import { picture } from '../picture/picture';
import { composePlatform, type Platform } from '../platform';
import { PREREQUISITES_FILE, prerequisitesDocument } from '../prerequisites/document';
import type { Stateful } from '../upgrades/stateful';
import { type Capacity, sum } from './capacity';
import { contentOf } from './content';
import { digestOf } from './digest';
import { Likenesses } from './likenesses';
import type { Content, Memory, Rendered } from './memory';

/** The first line of each file: the same for all environments, so that files with equal objects are equal. */
const HEADER = '# Rendered from environments/ by "ml-platform synth"; do not edit.\n';

/** The list of all other files of an environment. */
export const KUSTOMIZATION = 'kustomization.yaml';

/** A file of dist/. */
export interface RenderedFile {
  /** Path below dist/, with forward slashes. */
  readonly path: string;
  /** Of the text, by digestOf(), where an earlier run has rendered the same; then the text is made only if it is asked for. */
  readonly digest?: string;
  /** Of the file that had this text, by stampOf(), where it is known: while it has it, it is not read. */
  readonly stamp?: string;
  readonly text: string;
  /** Told the stamp of a file that has this text. */
  noteStamp?(stamp: string): void;
}

/** What was rendered of one environment. */
export interface Summary {
  readonly environment: string;
  readonly objects: number;
  readonly models: number;
  readonly requests: Capacity;
  /** About how many it adds to Prometheus; 0 where nothing is scraped, or nobody knows by whom. */
  readonly series: number;
  /** Every image that it names. */
  readonly images: readonly string[];
  /** Every object with which data goes. */
  readonly stateful: readonly Stateful[];
}

/**
 * The files of these environments, one at a time, so that no more than one component's text is in memory. The platforms
 * are composed at once: what takes long and cannot be interrupted is over before the first file is written.
 *
 * @param done called after the last file of each environment
 * @param memoryOf what earlier runs have made of an environment's models
 */
export function renderEnvironments(
  configs: readonly PlatformConfig[],
  done: (summary: Summary) => void = () => {},
  memoryOf: (environment: string) => Memory | undefined = () => undefined,
): Iterable<RenderedFile> {
  const composed = configs.map((config) => ({ config, platform: composePlatform(config) }));
  return (function* () {
    for (const { config, platform } of composed) {
      yield* renderEnvironment(config, platform, done, memoryOf(config.environment));
    }
  })();
}

function* renderEnvironment(
  config: PlatformConfig,
  platform: Platform,
  done: (summary: Summary) => void,
  memory: Memory | undefined,
): Iterable<RenderedFile> {
  const root = config.environment;
  const paths: string[] = [];
  const contents: Content[] = [];
  const render = (file: ComponentFile) => renderedOf(platform.finish(file).objects);
  const likenesses = new Likenesses(
    render,
    ([name = '']) => config.patches?.some(({ target }) => target.name.includes(name)) ?? false,
  );
  for (const component of platform.components) {
    for (const file of component.files()) {
      const name = `${file.stage}/${file.name}.yaml`;
      const path = `${root}/${name}`;
      paths.push(name);
      const known = memory?.rendered(file.input);
      if (memory && known) {
        contents.push(known.content);
        yield new KnownFile(path, known, file, render, memory);
      } else {
        const { text, content } = likenesses.rendered(file);
        contents.push(content);
        if (file.input) memory?.noteRendered(file.input, { content, digest: digestOf(text) });
        yield { path, text };
      }
    }
  }
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: paths.sort(),
  };
  yield { path: `${root}/${KUSTOMIZATION}`, text: textOf([kustomization]) };
  const prerequisites = prerequisitesDocument(config, platform.components);
  if (prerequisites !== undefined) yield { path: `${root}/${PREREQUISITES_FILE}`, text: prerequisites };
  for (const { name, objects } of platform.delivery) {
    yield { path: `${root}/${DELIVERY}/${name}.yaml`, text: textOf(objects) };
  }
  yield {
    path: `${root}/platform.svg`,
    text: picture({
      ...platform,
      workloads: contents.flatMap(({ workloads }) => workloads),
      models: modelsOf(config),
      hosts: hostsOf(config),
      policies: config.networkPolicies.enabled,
    }),
  };
  done({
    environment: root,
    objects: contents.reduce((total, { objects }) => total + objects, 0),
    models: config.models.length,
    requests: sum(contents.map(({ capacity }) => capacity)),
    series: seriesOf(contents.map(({ scraped }) => scraped)),
    stateful: contents.flatMap(({ stateful }) => stateful),
    images: [...new Set(contents.flatMap(({ images }) => images))].sort(),
  });
}

/** A file that an earlier run has rendered, of which the text is made only if it is asked for. */
class KnownFile implements RenderedFile {
  constructor(
    readonly path: string,
    private readonly known: Rendered,
    private readonly file: ComponentFile,
    private readonly render: (file: ComponentFile) => { readonly text: string },
    private readonly memory: Memory,
  ) {}

  get digest(): string {
    return this.known.digest;
  }

  get stamp(): string | undefined {
    return this.known.stamp;
  }

  get text(): string {
    return this.render(this.file).text;
  }

  noteStamp(stamp: string): void {
    if (this.file.input) this.memory.noteRendered(this.file.input, { ...this.known, stamp });
  }
}

const textOf = (objects: readonly unknown[]) => HEADER + toYaml(objects);

const renderedOf = (objects: readonly unknown[]) => ({ text: textOf(objects), content: contentOf(objects) });

/** What a picture says of each model: its name, and what serves it. */
const modelsOf = ({ models }: PlatformConfig) =>
  models.map(({ name, predictors }) => {
    const { server, image, children = [] } = predictors[0]?.graph ?? {};
    return { name, server: children.length > 0 ? 'graph' : (server ?? image ?? '') };
  });

/** The host names at which the Gateway answers for the models. */
const hostsOf = ({ access }: PlatformConfig) =>
  access.kind === 'gateway' && access.models.enabled
    ? { [access.gateway.namespace]: [exposedHost(access, 'models')] }
    : {};
