/** The predictions that the documents show, as they are written there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const documents = (project: string) =>
  ['README.md', 'docs/models.md'].map((file) => readFileSync(join(project, file), 'utf8')).join('\n');

/** The bodies of the documents' curl commands. */
export function documentedRequest(project: string, path = '/infer'): unknown {
  const command = new RegExp(`${path} -H 'Content-Type: application/json' -d '(\\{.*?\\})'\n`, 's');
  const body = command.exec(documents(project))?.[1];
  if (body === undefined) throw new Error(`README.md and docs/models.md have no request to ${path}`);
  return JSON.parse(body);
}

/** The documents' Python program that asks a model. */
export function documentedProgram(project: string): string {
  const program = /```python\n(import requests.*?)```/s.exec(documents(project))?.[1];
  if (program === undefined) throw new Error('docs/models.md has no program that asks a model');
  return program;
}

/** @throws Error when the model does not answer with a number */
export async function predictionOf(url: string, request: unknown): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const text = await response.text();
  const answer = response.ok ? firstNumber(JSON.parse(text) as Answer) : undefined;
  if (typeof answer !== 'number') throw new Error(`HTTP ${response.status}: ${text.slice(0, 500)}`);
  return answer;
}

/** An answer of the v2 protocol, or of Seldon's own. */
interface Answer {
  readonly outputs?: { readonly data: number[] }[];
  readonly data?: { readonly ndarray: number[] };
}

/** The number in the body of an answer. */
export const numberOf = (body: string): number => firstNumber(JSON.parse(body) as Answer) ?? Number.NaN;

const firstNumber = ({ outputs, data }: Answer) => outputs?.[0]?.data[0] ?? data?.ndarray[0];

/** @throws Error when a model does not answer what it should */
export function close(served: number, expected: number): string {
  if (!(Math.abs(served - expected) < 1e-6)) throw new Error(`it says ${served}, in Python ${expected}`);
  return String(served);
}

/** Loads a model and prints what it says of a v2 request. */
export const PREDICT = `
import json, sys, mlflow, pandas
request = json.loads(sys.argv[2])
row = pandas.DataFrame({tensor["name"]: tensor["data"] for tensor in request["inputs"]}, dtype="float64")
print(repr(float(mlflow.pyfunc.load_model(sys.argv[1]).predict(row)[0])))
`;
