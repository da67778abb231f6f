/** Two teams try to read and to call each other: each attempt is a row. */
import { bearer } from '../access/client';
import { groupOf, originOf } from '../access/people';
import { teamsAreApart } from '../api/teams';
import { type Checks, same } from '../cluster/checks';
import { until } from '../cluster/cluster';
import { finished } from '../cluster/commands';
import type { Pod } from '../cluster/objects';
import type { RunningPlatform } from '../node/running-platform';
import type { Entrance } from './entrance';
import { TEAM_MODELS, type TeamModel } from './environment';
import { hostOfTeam, predictionBy } from './model-checks';
import { reachedFromPod } from './places';

export async function teamChecks(checks: Checks, platform: RunningPlatform, entrance: Entrance): Promise<void> {
  const { cluster, env } = platform.props;
  await checks.check("the API server's word on what each team may do", () => teamsAreApart(cluster, env));
  for (const own of TEAM_MODELS) {
    const [other] = TEAM_MODELS.filter(({ team }) => team !== own.team);
    if (other === undefined) throw new Error(`${own.team} is alone`);
    const pair = new Pair(checks, platform, own, other);
    await pair.calls();
    await pair.kubectl();
    await pair.keys();
    await pair.comesFromOutside(entrance);
    await pair.namesFiles();
  }
}

/** What a team tries with another. */
class Pair {
  constructor(
    private readonly checks: Checks,
    private readonly platform: RunningPlatform,
    private readonly own: TeamModel,
    private readonly other: TeamModel,
  ) {}

  private attempt(what: string, look: () => Promise<string>): Promise<boolean> {
    return this.checks.check(`${this.own.team}: ${what}`, look);
  }

  /** A program in the server of its own model, which who may change a model may have run. */
  async calls(): Promise<void> {
    const { own, other, platform } = this;
    const from = { namespace: own.namespace, pod: (await this.serverOf(own)).metadata.name };
    const store = 'minio.minio-system:9000';
    const server = await this.serverOf(other);
    await this.attempt(`calls the store, which has its files (${store})`, async () => {
      same(await reachedFromPod(platform, from, [store]), [store]);
      return 'answers';
    });
    const places = {
      [`the model of ${other.team}`]: `${other.model}-default.${other.namespace}:8000`,
      'the pod of that': `${(server as Pod & { status: { podIP: string } }).status.podIP}:8000`,
      [`the proxy of ${other.team}`]: `team-${other.team}-sign-in.ml-models:4180`,
      'its own proxy': `team-${own.team}-sign-in.ml-models:4180`,
      "a model of the platform's own": 'mlflow-wine-default.ml-models:8000',
      'the proxy of these': 'models-sign-in.ml-models:4180',
      MLflow: 'mlflow.mlflow:5000',
      'the proxy of MLflow': 'mlflow-sign-in.mlflow:4180',
      'the database': 'postgresql.postgres:5432',
      'the page': 'frontend-service.fe:8080',
      'the API server': 'kubernetes.default:443',
      Traefik: 'traefik.edge:8443',
      'the issuer': 'login.test:9400',
    };
    for (const [what, address] of Object.entries(places)) {
      await this.attempt(`calls ${what} from its server (${address})`, async () => {
        same(await reachedFromPod(platform, from, [address]), []);
        return 'no way';
      });
    }
  }

  private async serverOf({ namespace }: TeamModel): Promise<Pod> {
    const { items } = await this.platform.props.cluster.get<{ readonly items: readonly Pod[] }>(
      '-n',
      namespace,
      'pods',
    );
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
    await this.attempt('kubectl get pods of its own', async () => {
      const { code, stderr } = await this.as('get', 'pods', '-n', own.namespace);
      same([code, stderr], [0, '']);
      return 'shown';
    });
    const pod = (await this.serverOf(other)).metadata.name;
    const theirs = ['-n', other.namespace];
    const ours = ['-n', own.namespace];
    const patch = '[{"op":"replace","path":"/spec/predictors/0/replicas","value":0}]';
    const commands = [
      ['get', 'pods', ...theirs],
      ['logs', pod, ...theirs],
      ['exec', pod, ...theirs, '--', 'true'],
      ['port-forward', pod, ...theirs, '8000'],
      ['get', 'sdep', ...theirs],
      ['patch', 'sdep', other.model, ...theirs, '--type=json', `--patch=${patch}`],
      ['delete', 'sdep', other.model, ...theirs],
      ['get', 'secrets', ...theirs],
      ['get', 'secrets', ...ours],
      ['get', 'secrets', '-n', 'ml-models'],
      ['get', 'configmaps', ...ours],
      ['exec', (await this.serverOf(own)).metadata.name, ...ours, '--', 'true'],
      ['run', 'thief', ...ours, '--image=x'],
      ['create', 'token', 'default', ...ours],
      ['create', 'job', 'thief', ...ours, '--image=x'],
      ['delete', 'networkpolicy', 'default-deny', ...ours],
      ['create', 'rolebinding', 'mine', ...ours, '--clusterrole=admin', '--user=somebody'],
      ['delete', 'httproute', '--all', '-n', 'ml-models'],
      ['get', 'pods', '-n', 'mlflow'],
    ];
    for (const command of commands) {
      await this.attempt(`kubectl ${command.join(' ')}`, async () => {
        const { code, stderr } = await this.as(...command);
        same([code === 0, /forbidden/i.test(stderr)], [false, true]);
        return 'forbidden';
      });
    }
  }

  /** Its key to the store. */
  async keys(): Promise<void> {
    const { own, other, platform } = this;
    const key = `team-${own.team}`;
    const wine = 'models/wine/mlflow-wine/1';
    const refused = [
      ['ls', `${key}/models/`],
      ['ls', `${key}/models/workspaces/`],
      ['ls', `${key}/models/workspaces/${other.team}/`],
      ['cat', `${key}/${other.place}/MLmodel`],
      ['cat', `${key}/${wine}/MLmodel`],
      ['cat', `${key}/models/workspaces/${own.team}/../${other.team}/${other.model}/1/MLmodel`],
      ['cp', `root/${own.place}/MLmodel`, `${key}/${own.place}/added`],
      ['cp', `root/${own.place}/MLmodel`, `${key}/${other.place}/MLmodel`],
      ['rm', `${key}/${other.place}/MLmodel`],
      ['mb', `${key}/another`],
      ['admin', 'user', 'list', key],
    ];
    await platform.forward('minio-system', 'svc/minio', '9000', async () => {
      await this.attempt(`its key reads its own files (${own.place})`, async () => {
        return finished(await platform.mc('cat', `${key}/${own.place}/MLmodel`)).split('\n')[0] ?? '';
      });
      for (const command of refused) {
        await this.attempt(`mc ${command.join(' ')}`, async () => {
          const { status, stdout, stderr } = await platform.mc(...command);
          const [why] = /access denied|forbidden|not allowed|does not exist/i.exec(stderr) ?? [];
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
    await this.attempt('its token is answered by its own model', () => predictionBy(platform, client, own, headers));
    const path = '/v2/models/classifier/infer';
    const places = {
      [`${hostOfTeam(other)}/seldon/${other.namespace}/${other.model}${path}`]: 403,
      [`${hostOfTeam(own)}/seldon/${other.namespace}/${other.model}${path}`]: 404,
      [`${originOf('models')}/seldon/ml-models/mlflow-wine${path}`]: 403,
      [`${originOf('models')}/seldon/${other.namespace}/${other.model}${path}`]: 404,
      [`${originOf('mlflow')}/api/2.0/mlflow/experiments/search?max_results=1`]: 403,
      [`${originOf('app')}/`]: 403,
    };
    for (const [url, expected] of Object.entries(places)) {
      await this.attempt(`its token at ${url}`, async () => {
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
        `--patch=[{"op":"replace","path":"/spec/predictors/0/graph/modelUri","value":"s3://${place}"}]`,
      );
    await this.attempt(`has its model fetch the files of ${other.team} (modelUri: s3://${other.place})`, async () => {
      const { code, stderr } = await name(other.place);
      same([code, stderr], [0, '']);
      let said = '';
      await until('its new pod is told no', 300, async () => {
        const { items } = await cluster.get<{ readonly items: readonly Pod[] }>('-n', own.namespace, 'pods');
        const logs = items.map(({ metadata, spec }) =>
          cluster.kubectl([
            ...['logs', '-n', own.namespace, metadata.name, '-c', spec.initContainers?.[0]?.name ?? ''],
            '--tail=40',
          ]),
        );
        const texts = (await Promise.all(logs)).map(({ stdout }) => stdout);
        [said = ''] = texts.flatMap(
          (text) => /.*(AccessDenied|Access Denied|Forbidden|status code:? 403).*/i.exec(text) ?? [],
        );
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
