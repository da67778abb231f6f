/** npm run e2e:access: people and programs from outside, with the real software. `--help` says more, README.md the rest. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { buildKubernetes, versions } from '../cluster/build/kubernetes';
import { buildTraefik } from '../cluster/build/traefik';
import { Checks } from '../cluster/checks';
import { inNamespaces, sweep } from '../cluster/linux-namespaces';
import { requireLinuxAndRoot, runProgram } from '../cluster/program';
import { CGROUP } from '../loop/host';
import { installSignIn, installSoftware } from '../software/install';
import { gatewayChecks, loadChecks, uploadChecks } from './gateway-checks';
import { machineChecks } from './machine-checks';
import { peopleChecks } from './people-checks';
import { Site } from './site';
import { clientChecks } from './token-checks';

const program = new Command('npm run e2e:access --')
  .description(
    'Proves access from outside: MLflow, the front end and oauth2-proxy run in containers made from the manifests, by runc, ' +
      'with an OpenID Connect issuer beside them, and Traefik in front, which reads the routes from a real API server; Chromium ' +
      'signs in and out, programs come with tokens, good and bad.',
  )
  .addOption(new Option('--seconds <n>', 'how long many callers ask at once').default('60'))
  .addOption(new Option('--inside').hideHelp())
  .addHelpText('after', '\nNeeds Linux, root, Go and Node. What it installs and builds is kept in .cache.');

interface Options {
  readonly inside?: true;
  readonly seconds: string;
}

async function main({ inside, seconds }: Options): Promise<number> {
  requireLinuxAndRoot();
  const project = process.cwd();
  const parts = {
    software: installSoftware(project),
    signIn: installSignIn(project),
    control: await buildKubernetes(project, versions(project).at(-1) ?? ''),
    traefik: await buildTraefik(project),
  };
  const work = join(project, '.cache/access');
  mkdirSync(work, { recursive: true });
  if (inside) return check(new Site(project, parts, work), Number(seconds));
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
    if (!(await checks.check('the Gateway takes every route', () => site.startGateway()))) return 1;
    await gatewayChecks(checks, site);
    await machineChecks(checks, site);
    if (await checks.check('MLflow starts behind them', () => site.startMlflow())) {
      await clientChecks(checks, site);
      await uploadChecks(checks, site);
      await checks.check('the front end starts behind them', () => site.startFrontend());
      await peopleChecks(checks, site);
      await loadChecks(checks, site, seconds);
    }
  } finally {
    if (checks.failed) console.error(site.gatewayLog().slice(-4000));
    await site.end();
  }
  process.stdout.write(checks.toString());
  return checks.failed ? 1 : 0;
}

void runProgram(program, main);
