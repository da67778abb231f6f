/** Two teams try to read and to call each other: each attempt is a row. */
import { bearer } from '../access/client';
import { groupOf } from '../access/people';
import { teamsAreApart } from '../api/teams';
import { type Checks, same } from '../cluster/checks';
import { until } from '../cluster/cluster';
import { finished } from '../cluster/commands';
import type { List, Pod } from '../cluster/objects';
import type { Node } from '../node/nodes';
import type { RunningPlatform } from '../node/running-platform';
import { calls, commands, keyOf, storeCommands, visits } from './attempts';
import type { Entrance } from './entrance';
import { TEAM_MODELS, type TeamModel } from './environment';
import { predictionBy } from './model-checks';
import { reachedFromHost, reachedFromPod } from './places';

export async function teamChecks(
  checks: Checks,
  platform: RunningPlatform,
  entrance: Entrance,
  node: Node,
): Promise<void> {
  const { cluster, env } = platform.props;
  await checks.check("the API server's word on what each team may do", () => teamsAreApart(cluster, env));
  for (const own of TEAM_MODELS) {
    const [other] = TEAM_MODELS.filter(({ team }) => team !== own.team);
    if (other === undefined) throw new Error(`${own.team} is alone`);
    const pair = new Pair(checks, platform, own, other);
    await pair.calls(node);
    await pair.kubectl();
    await pair.keys();
    await pair.comesFromOutside(entrance);
    await pair.namesFiles();
  }
}

/** What the first container of a model's pod is told to fetch. */
const FETCHED = '/spec/predictors/0/componentSpecs/0/spec/initContainers/0/args/0';

interface ServerPod extends Pod {
  readonly status: Pod['status'] & { readonly podIP: string };
}

/** Where a Service is, for who does not ask the DNS of the cluster; other addresses are as they were. */
async function addressOf({ props: { cluster } }: RunningPlatform, address: string): Promise<string> {
  const [, name, namespace, port] = /^([a-z][a-z0-9-]*)\.([a-z0-9-]+):(\d+)$/.exec(address) ?? [];
  if (name === undefined || namespace === undefined || namespace === 'test') return address;
  const { spec } = await cluster.get<{ readonly spec: { readonly clusterIP: string } }>(
    '-n',
    namespace,
    'service',
    name,
  );
  return `${spec.clusterIP}:${port}`;
}

/** What a team tries with another. */
class Pair {
  constructor(
    private readonly checks: Checks,
    private readonly platform: RunningPlatform,
    private readonly own: TeamModel,
    private readonly other: TeamModel,
  ) {}

  /** Without it, what is refused would prove nothing. */
  private may(what: string, look: () => Promise<string>): Promise<boolean> {
    return this.checks.check(`${this.own.team} may: ${what}`, look);
  }

  private mayNot(what: string, look: () => Promise<string>): Promise<boolean> {
    return this.checks.check(`${this.own.team} may not: ${what}`, look);
  }

  /** A program in the server of its own model, which who may change a model may have run. */
  async calls(node: Node): Promise<void> {
    const { own, other, platform } = this;
    const from = { namespace: own.namespace, pod: (await this.serverOf(own)).metadata.name };
    const store = 'minio.minio-system:9000';
    const server = await this.serverOf(other);
    await this.may(`call the store, which has its files (${store})`, async () => {
      same(await reachedFromPod(platform, from, [store]), [store]);
      return 'answers';
    });
    const places = { ...calls(own, other), [`the pod of ${other.team}`]: `${server.status.podIP}:8000` };
    await this.checks.check(`the node gets through to each place that ${own.team} calls`, async () => {
      const addresses = await Promise.all(Object.values(places).map((address) => addressOf(platform, address)));
      same(await reachedFromHost(addresses, node), addresses);
      return `${addresses.length} places`;
    });
    for (const [what, address] of Object.entries(places)) {
      await this.mayNot(`call ${what} from its server (${address})`, async () => {
        same(await reachedFromPod(platform, from, [address]), []);
        return 'no way';
      });
    }
  }

  private async serverOf({ namespace }: TeamModel): Promise<ServerPod> {
    const { items } = await this.platform.props.cluster.get<List<ServerPod>>('-n', namespace, 'pods');
    const [pod] = items.filter(({ status }) => status.phase === 'Running');
    if (pod === undefined) throw new Error(`${namespace} has no pod`);
    return pod;
  }

  private as(...args: string[]) {
    const who = ['--as=somebody', `--as-group=${groupOf(this.own.team)}`, '--as-group=system:authenticated'];
    return this.platform.props.cluster.kubectl([...who, ...args]);
  }

  /** A person of the group, with kubectl. */
  async kubectl(): Promise<void> {
    const { own, other } = this;
    await this.may(`kubectl get pods -n ${own.namespace}`, async () => {
      const { code, stderr } = await this.as('get', 'pods', '-n', own.namespace);
      same([code, stderr], [0, '']);
      return 'shown';
    });
    const pods = { own: (await this.serverOf(own)).metadata.name, other: (await this.serverOf(other)).metadata.name };
    for (const command of commands(own, other, pods)) {
      await this.mayNot(`kubectl ${command.join(' ')}`, async () => {
        const { code, stderr } = await this.as(...command);
        same([code === 0, /forbidden/i.test(stderr)], [false, true]);
        return 'forbidden';
      });
    }
  }

  /** Its key to the store. */
  async keys(): Promise<void> {
    const { own, other, platform } = this;
    await platform.forward('minio-system', 'svc/minio', '9000', async () => {
      await this.may(`mc cat ${keyOf(own)}/${own.place}/MLmodel`, async () => {
        return finished(await platform.mc('cat', `${keyOf(own)}/${own.place}/MLmodel`)).split('\n')[0] ?? '';
      });
      for (const command of storeCommands(own, other)) {
        await this.mayNot(`mc ${command.join(' ')}`, async () => {
          const { status, stdout, stderr } = await platform.mc(...command);
          const [why] = /access denied|insufficient permissions/i.exec(stderr) ?? [];
          if (status === 0 || why === undefined) throw new Error(`ended with ${status}: ${stdout}${stderr}`);
          return why;
        });
      }
    });
  }

  /** With a token of its own, through the Gateway. */
  async comesFromOutside({ client }: Entrance): Promise<void> {
    const { own, other, platform } = this;
    const headers = bearer(await client.token(own.team));
    await this.may('call its own model with its token', () => predictionBy(platform, client, own, headers));
    for (const [url, expected] of Object.entries(visits(own, other))) {
      await this.mayNot(`call ${url} with its token`, async () => {
        const { status } = await client.ask(url, headers);
        same(status, expected);
        return String(status);
      });
    }
  }

  /** A model of its own whose file names the files of the other. */
  async namesFiles(): Promise<void> {
    const { own, other, platform } = this;
    const { cluster } = platform.props;
    const name = (place: string) =>
      this.as(
        ...['patch', 'sdep', own.model, '-n', own.namespace, '--type=json'],
        `--patch=[{"op":"replace","path":"${FETCHED}","value":"s3://${place}"}]`,
      );
    await this.mayNot(`have its model fetch the files of ${other.team} (s3://${other.place})`, async () => {
      const { code, stderr } = await name(other.place);
      same([code, stderr], [0, '']);
      let said = '';
      await until('its new pod is told no', 300, async () => {
        const { items } = await cluster.get<List<Pod>>('-n', own.namespace, 'pods');
        const logs = items.map(({ metadata, spec }) =>
          cluster.kubectl([
            ...['logs', '-n', own.namespace, metadata.name, '-c', spec.initContainers?.[0]?.name ?? ''],
            '--tail=40',
          ]),
        );
        const texts = (await Promise.all(logs)).map(({ stdout }) => stdout);
        [said = ''] = texts.flatMap((text) => /^.*StatusCode: 403.*/m.exec(text) ?? []);
        return said === '' ? texts.join('\n').slice(-500) : undefined;
      });
      same((await name(own.place)).code, 0);
      await cluster.run([
        ...['wait', '-n', own.namespace, '--for=jsonpath={.status.state}=Available'],
        ...['sdep', own.model, '--timeout=5m'],
      ]);
      return said.trim();
    });
  }
}
