/** What is asked of a tool that deploys an environment from a Git repository. */
import { until } from '../cluster/cluster';

/** A stage, or what deploys all of them, as the tool sees it. */
export interface Part {
  readonly name: string;
  /** Whether all of it is healthy with this commit. */
  readonly isReady: (commit: string) => boolean;
  /** Whether the tool says that it could not deploy it. */
  readonly hasFailed: boolean;
  /** What the tool says of it. */
  readonly said: string;
}

/** A tool that runs in the cluster. */
export interface GitOpsTool {
  readonly name: string;
  /** What is said in `delivery` of platform.yaml. */
  readonly settings: (url: string) => object;
  /** Starts it. */
  readonly start: () => Promise<string>;
  /** Tells it that the repository has changed, as its webhook receiver does. */
  readonly notify: () => Promise<void>;
  /** All that it deploys. */
  readonly parts: () => Promise<readonly Part[]>;
  /** Every failure that it has reported, a line each: after each of them it tries again. */
  readonly failures: () => Promise<readonly string[]>;
}

/**
 * Waits until every part is ready with a commit.
 * @param names the parts that there have to be then, and no others
 * @returns the names in the order in which they got ready
 */
export async function everyPart(
  tool: GitOpsTool,
  commit: string,
  names: readonly string[],
  seconds = 240,
): Promise<string[]> {
  const order: string[] = [];
  await until(`every stage is ready with ${commit}`, seconds, async () => {
    const parts = await tool.parts();
    const found = parts.map(({ name }) => name);
    for (const { name, isReady } of parts) if (isReady(commit) && !order.includes(name)) order.push(name);
    const wrong = [
      ...parts.filter(({ isReady }) => !isReady(commit)).map(({ name, said }) => `${name}: ${said}`),
      ...names.filter((name) => !found.includes(name)).map((name) => `${name}: missing`),
      ...found.filter((name) => !names.includes(name)).map((name) => `${name}: still there`),
    ];
    return wrong.length === 0 ? undefined : wrong.join('\n');
  });
  return order;
}

/** Waits until a part has failed, and gives what is said of it. */
export async function failed(tool: GitOpsTool, name: string, pattern: RegExp): Promise<string> {
  let said = '';
  await until(`${name} fails`, 120, async () => {
    const part = (await tool.parts()).find((found) => found.name === name);
    said = part?.said ?? '';
    return part?.hasFailed && pattern.test(said) ? undefined : said;
  });
  return said;
}

/** Waits until one part is ready with a commit. */
export async function ready(tool: GitOpsTool, name: string, commit: string): Promise<void> {
  await until(`${name} is ready with ${commit}`, 180, async () => {
    const part = (await tool.parts()).find((found) => found.name === name);
    return part?.isReady(commit) ? undefined : part?.said;
  });
}
