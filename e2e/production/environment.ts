/** The environment of this project that is relied on, with what a test has to replace. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { finished } from '../cluster/commands';
import { type Environment, ownEnvironment } from '../cluster/environments';
import { Repository } from '../cluster/repository';
import { ARCHIVE, ARCHIVE_KEY } from '../database/archive';

const NAME = 'production';

/** What is replaced, each with the reason. */
const REPLACED = 'e2e/production/platform.yaml';

/** Of each instance two, and as many again for one that lost its own; four of the store. */
export const VOLUMES = 20;

/** The bucket outside that the models' one is copied to. */
export const COPY = 'models-copy';
export const BUCKETS = [ARCHIVE.bucket, COPY];

/** What a person gives, with the name of its credential. */
const GIVEN = {
  DATABASE_BACKUP_S3_SECRET_KEY: ARCHIVE_KEY,
  MIRROR_TARGET_S3_ACCESS_KEY: ARCHIVE.accessKeyId,
  MIRROR_TARGET_S3_SECRET_KEY: ARCHIVE_KEY,
};

/** The model that the environment scales by CPU. */
const SCALED = 'xgb-wine-k8s';

/**
 * As many pods as its autoscaler keeps at least. The operator of 1.16.0 and the controller of the HorizontalPodAutoscaler write
 * the Deployment in turn, more than once a second, so that the controller of Deployments never gets to the end of a rollout.
 */
function withoutAutoscaling(file: string): void {
  const { autoscaling, ...model } = load(readFileSync(file, 'utf8')) as {
    readonly autoscaling?: { readonly min: number };
  };
  writeFileSync(file, dump({ ...model, replicas: autoscaling?.min }));
}

/**
 * Makes a repository with it, rendered.
 * @param root a folder; what is in it is removed
 */
export function production(project: string, root: string): Repository {
  const repository = Repository.withOwn(project, root, NAME);
  repository.change(load(readFileSync(join(project, REPLACED), 'utf8')));
  withoutAutoscaling(join(repository.environment(), 'models', `${SCALED}.yaml`));
  const given = Object.entries(GIVEN).map((pair) => `${pair.join('=')}\n`);
  writeFileSync(join(repository.environment(), 'secrets.env'), given.join(''));
  finished(repository.command('synth'));
  return repository;
}

/** As it is rendered now. */
export const rendered = ({ root }: Repository): Environment => ownEnvironment(root, NAME);
