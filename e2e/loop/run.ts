/** The loop, stage by stage; each needs what the ones before it made. */

import { Context } from './context';
import type { Parts } from './install';
import { frontend } from './stages/frontend';
import { platform } from './stages/platform';
import { registry } from './stages/registry';
import { seldonProtocol, serveCommitted } from './stages/serving';
import { train, trainInCluster } from './stages/training';

const STAGES = [platform, train, serveCommitted, seldonProtocol, trainInCluster, registry, frontend];

/** @returns the exit code */
export async function runLoop(project: string, parts: Parts): Promise<number> {
  const context = new Context(project, parts);
  const { checks } = context;
  try {
    for (const stage of STAGES) {
      await stage(context);
      if (checks.failed) break;
    }
  } finally {
    await context.end();
  }
  process.stdout.write(checks.toString());
  return checks.failed ? 1 : 0;
}
