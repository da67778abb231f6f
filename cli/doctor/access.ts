/** What the cluster admits: Pod Security, and what the caller may do. */
import { type Kubectl, listOf } from '../cluster/kubectl';
import { itemsOf } from '../cluster/live';
import type { LiveObject } from '../cluster/objects';
import { groupOf } from '../cluster/objects';
import { missingSecrets, secretsNeeded } from '../cluster/secrets';
import { servedTypes, typeOf } from '../cluster/types';
import { type Finding, fault, ok, type Patient, warning } from './finding';

const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** A level that does not exist is refused by the admission that reads these labels, and by nothing else. */
const PROBE = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'ml-platform-doctor', labels: { [ENFORCE]: 'no-such-level' } },
};

export async function checkPodSecurity({ kubectl }: Patient): Promise<readonly Finding[]> {
  const { code, stderr } = await kubectl.run(['create', '--dry-run=server', '--filename=-'], {
    input: JSON.stringify(PROBE),
  });
  if (code === 0) {
    return [
      warning(
        'Pod Security admission does not read the labels of namespaces',
        'turn on the admission plug-in PodSecurity, or enforce "restricted" by a policy engine',
      ),
    ];
  }
  if (stderr.includes(ENFORCE)) return [ok('Pod Security admission enforces the levels of namespaces')];
  return [warning(`Pod Security cannot be judged: ${stderr.trim()}`, 'ask somebody who may create namespaces')];
}

interface Review extends LiveObject {
  readonly spec: {
    readonly resourceAttributes: {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly namespace?: string;
    };
  };
  readonly status: { readonly allowed: boolean };
}

/** What a server-side apply of a new object, or of one that is there, asks for; and what a look asks for. */
const VERBS = ['get', 'list', 'create', 'patch'];

export async function checkRights({ kubectl, environment: { objects } }: Patient): Promise<readonly Finding[]> {
  const types = await servedTypes(kubectl, objects);
  const wanted = new Map<string, object>();
  for (const object of objects) {
    const type = typeOf(types, object);
    if (!type) continue;
    for (const verb of VERBS) {
      const resource = type.resource.split('.')[0] ?? '';
      const { namespace } = object.metadata;
      const attributes = { verb, group: groupOf(type.apiVersion), resource, ...(namespace && { namespace }) };
      wanted.set(JSON.stringify(attributes), attributes);
    }
  }
  const denied = (await reviews(kubectl, [...wanted.values()])).filter(({ status }) => !status.allowed);
  if (denied.length === 0) return [ok(`you may do all ${wanted.size} things that a deployment asks for`)];
  const lines = denied.map(
    ({
      spec: {
        resourceAttributes: { verb, resource, namespace },
      },
    }) => [verb, resource, ...(namespace === undefined ? [] : [`in ${namespace}`])].join(' '),
  );
  const more = lines.length > 5 ? ` and ${lines.length - 5} more` : '';
  return [fault(`you may not ${lines.slice(0, 5).join(', ')}${more}`, 'ask for these rights, or use another account')];
}

/** The API server answers such reviews, and stores none. */
async function reviews(kubectl: Kubectl, attributes: readonly object[]): Promise<readonly Review[]> {
  const asked = attributes.map((resourceAttributes) => ({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  }));
  const text = await kubectl.text(['create', '--filename=-', '--output=json'], { input: listOf(asked) });
  return documents(text).flatMap((document) => itemsOf(document)) as Review[];
}

/** kubectl prints what it creates one after the other, without anything between. */
function documents(text: string): LiveObject[] {
  return text.split(/\n(?=\{\n)/).map((document) => JSON.parse(document) as LiveObject);
}

export async function checkSecrets({ kubectl, environment }: Patient): Promise<readonly Finding[]> {
  const { name, objects } = environment;
  const needed = secretsNeeded(objects, objects);
  const missing = await missingSecrets(kubectl, needed);
  if (missing.length === 0) return [ok(`all ${needed.length} Secrets that pods read are there`)];
  return [
    warning(
      `${missing.length} of ${needed.length} Secrets are not there yet: ${missing.join(', ')}`,
      `make them once their namespaces are there: npx ml-platform secrets ${name} | ${kubectl.command} create -f -`,
    ),
  ];
}
