/** The prediction that README.md shows, as it is written there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The body of README.md's curl command. */
export function readmeRequest(project: string): unknown {
  const readme = readFileSync(join(project, 'README.md'), 'utf8');
  const body = /\/infer -H 'Content-Type: application\/json' -d '(\{.*?\})'\n```/s.exec(readme)?.[1];
  if (body === undefined) throw new Error('README.md has no request to a model');
  return JSON.parse(body);
}

/** @throws Error when the model does not answer with a number */
export async function predictionOf(url: string, request: unknown): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const text = await response.text();
  const answer = response.ok ? (JSON.parse(text) as { outputs: { data: number[] }[] }).outputs[0]?.data[0] : undefined;
  if (typeof answer !== 'number') throw new Error(`HTTP ${response.status}: ${text.slice(0, 500)}`);
  return answer;
}
