/** What the Seldon operator may do, where its namespaces, its account and its webhook have names of no environment. */
import { App, Chart } from 'cdk8s';
import { type SeldonRbacProps, seldonRbac } from '../../../charts/seldon/rbac';
import type { KubernetesObject } from '../../support/platform';

const ownWebhook = {
  crd: 'crd-x',
  deployment: 'deployment-x',
  service: 'service-x',
  configMap: 'config-x',
  webhookConfiguration: 'webhook-x',
};

function render(overrides: Partial<SeldonRbacProps> = {}) {
  const app = new App();
  const chart = new Chart(app, 'operator', { namespace: 'operator-x' });
  const clusterScope = new Chart(app, 'cluster');
  seldonRbac(chart, {
    clusterScope,
    namespace: 'operator-x',
    modelsNamespaces: ['models-x'],
    serviceAccountName: 'account-x',
    istio: false,
    keda: false,
    ambassador: false,
    ...overrides,
  });
  return [...chart.toJson(), ...clusterScope.toJson()] as KubernetesObject[];
}

/** Every right as one line: where, which verb, of which resource, of which one. */
function rights(objects: readonly KubernetesObject[]): string[] {
  return objects.flatMap(({ kind, metadata, rules = [] }) =>
    rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [] }: KubernetesObject['spec']) =>
      apiGroups.flatMap((group: string) =>
        resources.flatMap((resource: string) =>
          verbs.map((verb: string) => {
            const where = kind === 'ClusterRole' ? 'everywhere' : metadata.namespace;
            return `${where}: ${verb} ${[group, resource].filter(Boolean).join('/')} ${resourceNames.join()}`.trim();
          }),
        ),
      ),
    ),
  );
}
/** The rights that one configuration has beyond another, without their verbs. */
const added = (more: readonly KubernetesObject[], less: readonly KubernetesObject[]) => {
  const before = new Set(rights(less));
  return [...new Set(rights(more).filter((right) => !before.has(right)))].sort();
};
const WRITES = /: (create|update|patch|delete|deletecollection|\*) /;

const plain = render();
const everything = render({ istio: true, ambassador: true, keda: true, ownWebhook });

describe('whatever is switched on', () => {
  const all = rights(everything);

  test('no right is to a Secret, a role, or everything', () => {
    expect(all.length).toBeGreaterThan(40);
    expect(all.filter((right) => /secrets|roles|rolebindings|\*|pods|serviceaccounts/.test(right))).toEqual([]);
  });

  test('what the operator makes of a model, it may change in the namespace of the models only', () => {
    const made = /(services|deployments|autoscalers|budgets|destinationrules|virtualservices|mappings|tlscontexts)$/;
    const writes = all.filter((right) => WRITES.test(right) && made.test(right));
    expect(writes).toHaveLength(8 * 4);
    expect(writes.filter((right) => !right.startsWith('models-x: '))).toEqual([]);
  });

  test('beside that it writes its lease, its events, the status of models, and its own webhook', () => {
    const writes = (where: string) => all.filter((right) => right.startsWith(where) && WRITES.test(right)).sort();
    expect(writes('operator-x: ')).toEqual([
      'operator-x: create coordination.k8s.io/leases',
      'operator-x: create events',
      'operator-x: patch events',
      'operator-x: update coordination.k8s.io/leases',
    ]);
    expect(writes('models-x: ').filter((right) => /seldondeployments|events/.test(right))).toEqual([
      'models-x: create events',
      'models-x: patch events',
      'models-x: patch machinelearning.seldon.io/seldondeployments/finalizers',
      'models-x: patch machinelearning.seldon.io/seldondeployments/status',
      'models-x: update machinelearning.seldon.io/seldondeployments/finalizers',
      'models-x: update machinelearning.seldon.io/seldondeployments/status',
    ]);
    expect(writes('everywhere: ')).toEqual([
      'everywhere: create admissionregistration.k8s.io/validatingwebhookconfigurations',
      'everywhere: update admissionregistration.k8s.io/validatingwebhookconfigurations webhook-x',
    ]);
  });

  test('it never changes a SeldonDeployment itself', () => {
    expect(all.filter((right) => WRITES.test(right) && right.endsWith('/seldondeployments'))).toEqual([]);
  });

  test('it may watch everything that it may change, since its cache does', () => {
    const changed = all.filter((right) => /^models-x: update/.test(right) && !/seldondeployments/.test(right));
    expect(changed).toHaveLength(9);
    for (const right of changed) {
      const resource = right.split(' ').at(-1);
      for (const verb of ['get', 'list', 'watch']) expect(all).toContain(`everywhere: ${verb} ${resource}`);
    }
  });

  test('no cluster-scoped object has a namespace, and every other has one', () => {
    for (const { kind, metadata } of everything) {
      expect([kind, metadata.namespace !== undefined]).toEqual([kind, !kind.startsWith('Cluster')]);
    }
  });

  test('cluster-scoped names carry the namespace, so that two operators do not share them', () => {
    const names = everything.filter(({ kind }) => kind.startsWith('Cluster')).map(({ metadata }) => metadata.name);
    expect(names).toHaveLength(4);
    expect(names.filter((name) => !name.endsWith('-operator-x'))).toEqual([]);
  });

  test('every role is bound to the account of the operator, and to nobody else', () => {
    const bindings = everything.filter(({ kind }) => kind.endsWith('Binding'));
    const bound = bindings.map(({ metadata, roleRef }) => `${roleRef.kind} ${metadata.namespace} ${roleRef.name}`);
    const roles = everything.filter(({ kind }) => kind.endsWith('Role'));
    expect(bound.sort()).toEqual(
      roles.map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace} ${name}`).sort(),
    );
    for (const { subjects } of bindings) {
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: 'account-x', namespace: 'operator-x' }]);
    }
  });
});

describe('what a setting adds', () => {
  const verbs = ['create', 'delete', 'patch', 'update'];
  const ofIngress = (...resources: string[]) =>
    resources
      .flatMap((resource) => [
        ...verbs.map((verb) => `models-x: ${verb} ${resource}`),
        ...['get', 'list', 'watch'].map((verb) => `everywhere: ${verb} ${resource}`),
      ])
      .sort();

  test('Istio: its two types', () => {
    expect(added(render({ istio: true }), plain)).toEqual(
      ofIngress('networking.istio.io/destinationrules', 'networking.istio.io/virtualservices'),
    );
  });

  test('KEDA: its scalers', () => {
    expect(added(render({ keda: true }), plain)).toEqual(ofIngress('keda.sh/scaledobjects'));
  });

  test('Ambassador: its two types', () => {
    expect(added(render({ ambassador: true }), plain)).toEqual(
      ofIngress('getambassador.io/mappings', 'getambassador.io/tlscontexts'),
    );
  });

  test('a webhook of its own: to find what it belongs to, each by name, and to register it', () => {
    expect(added(render({ ownWebhook }), plain)).toEqual([
      'everywhere: create admissionregistration.k8s.io/validatingwebhookconfigurations',
      'everywhere: get admissionregistration.k8s.io/validatingwebhookconfigurations webhook-x',
      'everywhere: get apiextensions.k8s.io/customresourcedefinitions crd-x',
      'everywhere: update admissionregistration.k8s.io/validatingwebhookconfigurations webhook-x',
      'operator-x: get apps/deployments deployment-x',
      'operator-x: get configmaps config-x',
      'operator-x: get services service-x',
    ]);
  });

  test('nothing without a webhook of its own: it may not touch webhooks or types at all', () => {
    expect(
      rights(render({ istio: true, ambassador: true })).filter((right) => /k8s\.io\/(valid|custom)/.test(right)),
    ).toEqual([]);
  });
});
