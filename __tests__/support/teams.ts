/** What one team would reach of another, or of the platform's own models: connections, rights, keys and their Secrets. */
import type { Peer } from '../../charts/lib/endpoint';
import { teamNamespace, teamPrefix } from '../../charts/teams/config';
import { nameOf } from './cluster';
import type { KubernetesObject } from './platform';
import type { WiredView } from './wiring';

type Any = KubernetesObject['spec'];

export function teamFaults({ config, edges, objects, secrets }: WiredView): string[] {
  const models = config.namespaces.models;
  return config.teams.flatMap(({ name, group }) => {
    const own = teamNamespace(models, name);
    const others = [models, ...config.teams.map((team) => teamNamespace(models, team.name))].filter((ns) => ns !== own);
    const isHere = (peer: Peer) => peer.kind === 'pods' && peer.namespace === own;
    const isThere = (peer: Peer) =>
      (peer.kind === 'pods' && others.includes(peer.namespace)) ||
      (peer.kind === 'namespace' && others.includes(peer.name));
    return [
      ...edges.filter(({ from, to }) => isHere(from) && isThere(to)).map(({ to }) => `calls ${JSON.stringify(to)}`),
      ...objects.filter((object) => binds(object, group) && object.metadata.namespace !== own).map(nameOf),
      ...objects
        .filter(({ kind, metadata }) => kind === 'Role' && metadata.namespace === own && metadata.name === 'team')
        .flatMap(({ rules }) => rules.flatMap(({ resources, verbs }: Any) => [...resources, ...verbs]))
        .filter((word) => word === 'secrets' || word === '*'),
      ...policies(objects, name).filter((resource) => !resource.startsWith(`${teamPrefix(name)}/`)),
      ...secrets
        .filter(({ namespace }) => others.includes(namespace))
        .filter(({ data }) => Object.values(data).some((text) => text.some((piece) => isKeyOf(piece, name))))
        .map((secret) => `its key is in ${secret.namespace}/${secret.name}`),
    ].map((fault) => `${name}: ${fault}`);
  });
}

const binds = ({ kind, subjects = [] }: KubernetesObject, group: string) =>
  /RoleBinding$/.test(kind) && subjects.some((subject: Any) => subject.kind === 'Group' && subject.name === group);

const isKeyOf = (piece: unknown, team: string) =>
  ['TEAM', 'BATCH'].some(
    (what) => Object(piece).id === `${what}_${team.toUpperCase().replaceAll('-', '_')}_S3_SECRET_KEY`,
  );

/** What the policy of a team lets its key read and list, without the bucket. */
function policies(objects: readonly KubernetesObject[], team: string): string[] {
  const texts = objects
    .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'minio-setup')
    .flatMap(({ data }) => Object.entries<string>(data))
    .filter(([file]) => file.endsWith(`-${teamPrefix(team).replaceAll('/', '-')}.json`));
  return texts
    .flatMap(([, text]) => JSON.parse(text).Statement as Any[])
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource, Condition }) =>
      Action.includes('s3:ListBucket')
        ? (Condition?.StringLike['s3:prefix'] ?? [''])
        : Resource.map((resource: string) => resource.replace(/^arn:aws:s3:::[^/]+\/?/, '')),
    );
}
