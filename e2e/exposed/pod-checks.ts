/** Requests straight to pods, past the Gateway and the sign-in: the node's own network says who gets through. */
import { GATEWAYS } from '../access/people';
import { type Checks, same } from '../cluster/checks';
import { SERVICES } from '../cluster/cluster';
import { finished, run } from '../cluster/commands';
import { CLIENT, startClient } from '../node/client';
import type { Node } from '../node/nodes';
import type { RunningPlatform } from '../node/running-platform';
import { clientImage } from './images';
import { type Place, placesOf, reachedFromHost, reachedFromPod, servicePlacesOf } from './places';

/** A pod beside those of Traefik. */
const BESIDE = { namespace: GATEWAYS, pod: 'beside' };

/** What the API server calls from an address that no cluster tells: policies let in everybody there. */
const isWebhook = ({ name }: Place) => name === 'webhook-server';

export async function podChecks(checks: Checks, platform: RunningPlatform, node: Node): Promise<void> {
  const { cluster, env } = platform.props;
  const image = clientImage(env);
  let places: readonly Place[] = [];
  const named = (addresses: readonly string[]) =>
    places
      .filter(({ address }) => addresses.includes(address))
      .map(({ namespace, of, address, name }) => `${namespace}/${of} ${name} ${address}`);
  const closed = () => places.filter((place) => !isWebhook(place)).map(({ address }) => address);

  await checks.check('the node reaches every port of every pod, as its probes have to', async () => {
    const all = await placesOf(cluster, env);
    const reached = await reachedFromHost(
      all.map(({ address }) => address),
      node,
    );
    places = all.filter(({ address }) => reached.includes(address));
    const parts = ['mlflow', 'fe', 'ml-models', 'minio-system', 'postgres'];
    same(
      parts.filter((namespace) => !places.some((place) => place.namespace === namespace)),
      [],
    );
    return `${places.length} of ${all.length} declared ports`;
  });
  await checks.check('straight to the pods from outside the cluster: none answers', async () => {
    same(named(await reachedFromHost(closed())), []);
    return `${closed().length} ports tried`;
  });
  await checks.check('straight to the Services from outside, with the node for a router: none answers', async () => {
    const services = await servicePlacesOf(cluster, env);
    const addresses = services.map(({ address }) => address);
    finished(run('ip', ['route', 'add', SERVICES, 'via', node.address], '/'));
    const inside = await reachedFromHost(addresses, node);
    const outside = await reachedFromHost(addresses);
    finished(run('ip', ['route', 'delete', SERVICES], '/'));
    same(inside.length > addresses.length / 2, true);
    // That of the webhook is open to everybody.
    same(
      services.filter(({ namespace, address }) => namespace !== 'seldon-system' && outside.includes(address)),
      [],
    );
    return `${addresses.length} ports tried, of which ${inside.length} answer the node`;
  });
  await checks.check('straight to the pods from a pod of another namespace: none answers', async () => {
    await startClient(platform, image);
    same(named(await reachedFromPod(platform, CLIENT, closed())), []);
    return `${closed().length} ports tried`;
  });
  await checks.check('a pod beside the Gateway reaches the proxies, and nothing that is behind them', async () => {
    await startClient(platform, image, BESIDE);
    const reached = await reachedFromPod(platform, BESIDE, closed());
    const proxies = places.filter(({ of, address }) => of.includes('-sign-in-') && address.endsWith(':4180'));
    same(named(reached), named(proxies.map(({ address }) => address)));
    return `${reached.length} of ${closed().length} ports: those of ${proxies.length} proxies`;
  });
}
