/** A repository of environments, as a user has it: `ml-platform init` makes it, its files are edited and rendered. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, loadAll } from 'js-yaml';
import { merge } from '../../config/merge';
import { finished, type Result, run } from './commands';

/** The environment that `ml-platform init` writes, and that the documents speak of. */
export const STARTING = 'minikube';

export class Repository {
  private constructor(
    /** The checkout of this project, whose command runs. */
    private readonly project: string,
    readonly root: string,
    /** The environment that is meant where none is named. */
    readonly name = STARTING,
  ) {}

  /**
   * Makes a new one with the starting environment, rendered.
   * @param root a folder; what is in it is removed
   */
  static init(project: string, root: string): Repository {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    const repository = new Repository(project, root);
    finished(repository.command('init'));
    return repository;
  }

  /**
   * Makes a new one with an environment of the project's own alone, rendered.
   * @param root a folder; what is in it is removed
   * @param name the environment
   */
  static withOwn(project: string, root: string, name: string): Repository {
    rmSync(root, { recursive: true, force: true });
    const repository = new Repository(project, root, name);
    cpSync(join(project, 'environments', name), repository.environment(), { recursive: true });
    finished(repository.command('init'));
    return repository;
  }

  /**
   * A copy, which is not rendered yet.
   * @param root a folder; what is in it is removed
   * @param change edits the files of the starting environment, given its folder
   */
  copy(root: string, change: (environment: string) => void): Repository {
    rmSync(root, { recursive: true, force: true });
    cpSync(this.root, root, { recursive: true });
    const copy = new Repository(this.project, root, this.name);
    change(copy.environment());
    return copy;
  }

  /** Adds settings to those of the environment, which is not rendered yet. */
  change(settings: unknown): void {
    const file = join(this.environment(), 'platform.yaml');
    const said = { file };
    const { content } = merge(
      { content: loadAll(readFileSync(file, 'utf8'))[0] ?? {}, said },
      { content: settings, said },
    );
    writeFileSync(file, dump(content));
  }

  /** The folder of an environment's own files. */
  environment(name = this.name): string {
    return join(this.root, 'environments', name);
  }

  /** The folder of an environment's rendered files. */
  dist(name = this.name): string {
    return join(this.root, 'dist', name);
  }

  /** Runs `ml-platform` here. */
  command(...args: readonly string[]): Result {
    const program = ['cli/run.mjs', 'cli/main.ts'].map((file) => join(this.project, file));
    return run(process.execPath, [...program, ...args], this.root);
  }
}
