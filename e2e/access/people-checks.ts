/** What people see in a browser. */
import { join } from 'node:path';
import { type Checks, same } from '../cluster/checks';
import { finished } from '../cluster/commands';
import { hostOf, type Outside } from './outside';
import { ISSUER, originOf, type PEOPLE } from './people';
import { EXPERIMENT } from './token-checks';

/** Whether MLflow has users of its own: its page takes the refusal for a no. */
const ASKS_FOR_USERS = '/mlflow/users/current';

interface Step {
  readonly step: string;
  readonly [seen: string]: unknown;
}

/**
 * Goes through it as one of the people; the steps that were taken.
 * @param predicts what the page is to say where it is asked
 */
async function visit(
  outside: Outside,
  login: keyof typeof PEOPLE,
  predicts?: string,
): Promise<ReadonlyMap<string, Step>> {
  const { project } = outside;
  const options = {
    mlflow: originOf('mlflow'),
    app: originOf('app'),
    issuer: ISSUER,
    login,
    experiment: EXPERIMENT,
    screenshot: join(project, `.cache/access-${login}.png`),
    ...(predicts !== undefined && { predicts }),
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const env = { PYTHONPATH: join(project, 'frontend') };
  const said = finished(await outside.python('browser', [join(project, 'e2e/access/person.py'), ...args], env));
  const steps = said.split('\n').map((line) => JSON.parse(line) as Step);
  return new Map(steps.map((step) => [step.step, step]));
}

/** @param predicts what the page is to say, with two digits; nothing where no model is behind it */
export async function peopleChecks(checks: Checks, outside: Outside, predicts?: string): Promise<void> {
  let steps: ReadonlyMap<string, Step> = new Map();
  const step = (name: string): Step => {
    const found = steps.get(name);
    if (!found) throw new Error(`never came to ${name}`);
    return found;
  };
  await checks.check('a browser that opens MLflow is led to the issuer, and back after signing in', async () => {
    steps = await visit(outside, 'bob', predicts);
    const { asked, arrived } = step('sign-in');
    same([asked, arrived], [hostOf(ISSUER), hostOf(originOf('mlflow'))]);
    return `${asked}, ${arrived}`;
  });
  await checks.check('MLflow shows its experiments, and no call behind the page fails', () => {
    const failed = step('experiments').failed as readonly string[];
    same(
      failed.filter((call) => !call.endsWith(ASKS_FOR_USERS)),
      [],
    );
    return EXPERIMENT;
  });
  await checks.check('who is signed in at one host is at the others', () => {
    const { host, status, who } = step('single sign-on');
    same([host, status], [hostOf(originOf('app')), 200]);
    const { user, email } = JSON.parse(String(who)) as { readonly user?: string; readonly email?: string };
    same([user, email], ['bob', 'bob@ml.test']);
    return String(who);
  });
  await checks.check('the page of the front end comes over its WebSocket', () => {
    const { shown, frames } = step('page');
    same([shown, Number(frames) > 0], [true, true]);
    return `${frames} frames`;
  });
  if (predicts !== undefined) {
    await checks.check('the page predicts what the model says', () => {
      const { number, agrees } = step('prediction');
      same([number, agrees], [number, true]);
      return String(number);
    });
  }
  await checks.check('after signing out, MLflow asks again', () => {
    const { through, then, form } = step('sign-out');
    same([through, then, form], [hostOf(ISSUER), hostOf(ISSUER), 1]);
    return 'the form of the issuer';
  });
  await checks.check('a person outside the groups is refused', async () => {
    const { status } = (await visit(outside, 'eve')).get('sign-in') ?? { status: 0 };
    same(status, 403);
    return '403';
  });
}
