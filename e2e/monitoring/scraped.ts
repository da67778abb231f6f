/** What Prometheus has after it has scraped for a while: targets, series, and an answer to every expression. */
import { MODELS_JOB } from '../../charts/models/scraping';
import { seriesOfModelPod, seriesOfPod } from '../../charts/monitoring/series';
import type { Checks } from '../cluster/checks';
import { until } from '../cluster/cluster';
import type { Manifests } from '../loop/manifests';
import { type Expression, expressionsOf, opened } from './expressions';
import type { Platform } from './platform';
import type { Prometheus } from './prometheus';
import { SILENT } from './silent';

/** A pod that nobody scrapes is missed as well as one that is scraped in vain. */
export async function everyTargetIsUp(prometheus: Prometheus, platform: Platform): Promise<string> {
  let count = 0;
  await until('every pod is scraped', 60, async () => {
    const targets = await prometheus.targets();
    count = targets.length;
    const down = targets.filter(({ health }) => health !== 'up');
    if (down.length > 0) return down.map(({ scrapeUrl, lastError }) => `${scrapeUrl}: ${lastError}`).join('\n');
    const pods = targets.map(({ labels }) => labels.pod).sort();
    const wanted = [...platform.running.keys()].sort();
    return pods.join() === wanted.join() ? undefined : `scraped are ${pods.join(', ')}; there are ${wanted.join(', ')}`;
  });
  return `${count} targets`;
}

/** Which expressions of rules and panels have found something at any time of the run: some only speak of a fault. */
export class Findings {
  private readonly all: readonly Expression[];
  private readonly found = new Set<Expression>();

  constructor(
    private readonly prometheus: Prometheus,
    manifests: Manifests,
  ) {
    this.all = expressionsOf(manifests);
  }

  /** Asks again what has not found anything yet. */
  async look(): Promise<string> {
    for (const expression of this.all.filter((each) => !this.found.has(each))) {
      const samples = await this.prometheus.query(opened(expression.expr));
      if (samples.some(({ value }) => !Number.isNaN(value))) this.found.add(expression);
    }
    return `${this.found.size} of ${this.all.length} expressions find something`;
  }

  async judge(checks: Checks): Promise<void> {
    await checks.check('every expression of a rule or a panel has found something', () => {
      const silent = ({ expr }: Expression) => SILENT.some(({ has }) => has.test(expr));
      const empty = this.all.filter((each) => !this.found.has(each) && !silent(each));
      if (empty.length > 0) throw new Error(`${empty.length} have not:\n${lines(empty)}`);
      return `${this.found.size} of ${this.all.length} expressions`;
    });
    for (const { has, reason } of SILENT) {
      await checks.check(`nothing is found, since ${reason}`, () => {
        const concerned = this.all.filter(({ expr }) => has.test(expr));
        if (concerned.length === 0) throw new Error('there is no such expression any more');
        const loud = concerned.filter((each) => this.found.has(each));
        if (loud.length > 0) throw new Error(`these find something:\n${lines(loud)}`);
        return `${concerned.length} expressions`;
      });
    }
  }
}

const lines = (expressions: readonly Expression[]) =>
  expressions.map(({ where, expr }) => `${where}\n    ${opened(expr)}`).join('\n');

/** The inventory says how many series a pod adds, and promises to be right within a factor of two. */
export async function seriesAreAsEstimated(checks: Checks, prometheus: Prometheus, platform: Platform): Promise<void> {
  const targets = await prometheus.targets();
  for (const pod of platform.running.keys()) {
    await checks.check(`${pod}: as many series as the inventory says`, async () => {
      const job = targets.find(({ labels }) => labels.pod === pod)?.labels.job ?? '';
      const [sample] = await prometheus.query(`count({job="${job}",pod="${pod}"})`);
      const estimate = job === MODELS_JOB ? ofModel(platform, pod) : seriesOfPod(job);
      const factor = (sample?.value ?? 0) / estimate;
      const seen = `${sample?.value} series, estimated ${estimate}`;
      if (factor > 2 || factor < 0.5) throw new Error(seen);
      return seen;
    });
  }
}

function ofModel({ manifests }: Platform, name: string): number {
  const { predictors, protocol } = manifests.seldonDeployment(name).spec;
  return predictors.reduce((sum, predictor) => sum + seriesOfModelPod(predictor, protocol), 0);
}
