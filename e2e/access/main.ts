/** npm run e2e:access: people and programs from outside, with the real software. `--help` says more, README.md the rest. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { Checks, same } from '../cluster/checks';
import { inNamespaces, sweep } from '../cluster/linux-namespaces';
import { requireLinuxAndRoot, runProgram } from '../cluster/program';
import { CGROUP } from '../loop/host';
import { installSignIn, installSoftware } from '../software/install';
import { load } from './load';
import { clientChecks, machineChecks } from './machine-checks';
import { tokenOf } from './people';
import { peopleChecks } from './people-checks';
import { Site } from './site';

const program = new Command('npm run e2e:access --')
  .description(
    'Proves access from outside: MLflow and oauth2-proxy run in containers made from the manifests, by runc, with an ' +
      'OpenID Connect issuer beside them; Chromium signs in and out, programs come with tokens, good and bad.',
  )
  .addOption(new Option('--seconds <n>', 'how long many callers ask at once').default('60'))
  .addOption(new Option('--inside').hideHelp())
  .addHelpText('after', '\nNeeds Linux, root, Go and Node. What it installs is kept in .cache/software.');

interface Options {
  readonly inside?: true;
  readonly seconds: string;
}

async function main({ inside, seconds }: Options): Promise<number> {
  requireLinuxAndRoot();
  const project = process.cwd();
  const software = installSoftware(project);
  const signIn = installSignIn(project);
  const work = join(project, '.cache/access');
  mkdirSync(work, { recursive: true });
  if (inside) return check(new Site(project, software, signIn, work), Number(seconds));
  try {
    return await inNamespaces('e2e/access/main.ts');
  } finally {
    await sweep(CGROUP);
  }
}

/** @returns the exit code */
async function check(site: Site, seconds: number): Promise<number> {
  const checks = new Checks();
  try {
    if (!(await checks.check('the proxies start from the manifests alone', () => site.startFront()))) return 1;
    await machineChecks(checks, site);
    if (await checks.check('MLflow starts behind them', () => site.startMlflow())) {
      await clientChecks(checks, site);
      await peopleChecks(checks, site);
      await loadChecks(checks, seconds);
    }
  } finally {
    await site.end();
  }
  process.stdout.write(checks.toString());
  return checks.failed ? 1 : 0;
}

async function loadChecks(checks: Checks, seconds: number): Promise<void> {
  const headers = { authorization: `Bearer ${await tokenOf('ci')}` };
  await checks.check('200 callers at once through one proxy: nothing fails', async () => {
    const straight = await load('http://mlflow-wine-default.ml-models.svc:8000/x', {
      callers: 200,
      seconds: 10,
      headers,
    });
    const through = await load('http://models-sign-in.ml-models.svc:4180/seldon/ml-models/mlflow-wine/x', {
      callers: 200,
      seconds,
      headers,
    });
    same([straight.failed, through.failed], [0, 0]);
    const said = ({ requests, median, p99 }: typeof straight) =>
      `${requests} requests, median ${median.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
    return `${said(through)}; straight: ${said(straight)}`;
  });
}

void runProgram(program, main);
