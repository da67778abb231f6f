/** The Seldon operator, given namespaces, images and ports that no environment has. */
import { quantityValue } from '../../../charts/lib/quantity';
import { SeldonOperator, type SeldonOperatorProps } from '../../../charts/seldon/operator';
import { build, envOf, foreignImages, foreignResources } from '../../support/foreign';
import { find, type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';

const FOLDER = '/tmp/k8s-webhook-server/serving-certs';

function render(overrides: Partial<SeldonOperatorProps> = {}) {
  const { component, objects } = build(
    (app) =>
      new SeldonOperator(app, {
        namespace: 'operator-x',
        modelsNamespaces: ['models-x'],
        images: foreignImages,
        resources: foreignResources,
        certificates: 'manager',
        istio: { enabled: false, gateway: 'mesh-x/gateway-x' },
        keda: { enabled: false },
        ambassador: { enabled: false },
        modelsServiceAccount: 'account-x',
        apiServerPorts: [1443, 2443],
        webhookPort: 7443,
        ...overrides,
      }),
  );
  const deployment = find(objects, 'Deployment', 'seldon-controller-manager').spec;
  const pod = deployment.template.spec;
  const [container] = pod.containers;
  const volume = (name: string) => pod.volumes.find((one: KubernetesObject['spec']) => one.name === name);
  const port = (name: string) => container.ports.find((one: KubernetesObject['spec']) => one.name === name);
  const kinds = new Set(objects.map(({ kind }) => kind));
  return { component, objects, deployment, pod, container, volume, port, kinds };
}

const own = render();
const certManager = render({ certificates: 'cert-manager' });

describe('the manager', () => {
  test('runs the image of the catalogue', () => {
    expect(own.container).toMatchObject({
      image: foreignImages.seldonOperator.reference,
      imagePullPolicy: foreignImages.seldonOperator.pullPolicy,
      command: ['/manager'],
    });
    expect(own.component.labels['app.kubernetes.io/version']).toBe('1.17.9');
  });

  test('has the resources that it is told', () => {
    expect(own.container.resources).toEqual(foreignResources);
  });

  test('has memory for 250 MiB of ConfigMaps, unless the environment says otherwise: it caches those of the whole cluster', () => {
    const { containers } = find(objectsOf(platformConfig()), 'Deployment', 'seldon-controller-manager').spec.template
      .spec;
    // What its process took at most with that many: 620,048 kB.
    expect(quantityValue(containers[0].resources.limits.memory)).toBeGreaterThan(1.5 * 620_048 * 1024);
  });

  test('logs in to the registry only where it is told how', () => {
    expect(own.pod.imagePullSecrets).toBeUndefined();
    expect(render({ pullSecret: 'login-x' }).pod.imagePullSecrets).toEqual([{ name: 'login-x' }]);
  });

  test('lives in the namespace it is given', () => {
    for (const { kind, metadata } of own.objects.filter(({ kind }) => !/^(Cluster)?Role(Binding)?$/.test(kind))) {
      expect([kind, metadata.namespace]).toEqual([kind, 'operator-x']);
    }
  });

  test('is one at a time where it makes its own certificate, and otherwise is replaced without a gap', () => {
    expect(own.deployment).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(certManager.deployment).toMatchObject({ replicas: 1, strategy: { type: 'RollingUpdate' } });
    const hooks = [own, certManager].map(({ deployment }) => deployment.template.spec.containers[0].lifecycle);
    expect(hooks).toEqual([undefined, { preStop: { sleep: { seconds: 5 } } }]);
  });

  test('elects its leader with a Lease, the only lock it has the right to', () => {
    expect(own.container.args).toEqual(
      expect.arrayContaining(['--enable-leader-election', '--leader-election-resource-lock=leases']),
    );
  });

  test('listens on the ports that it is told by its arguments', () => {
    expect(own.port('webhook-server').containerPort).toBe(7443);
    expect(own.container.args).toContain('--webhook-port=7443');
    expect(own.container.args).toContain(`--metrics-addr=:${own.port('metrics').containerPort}`);
  });

  test('is ready once its webhook listens, and alive while it answers for its metrics', () => {
    expect(own.container.startupProbe.tcpSocket).toEqual({ port: 'webhook-server' });
    expect(own.container.readinessProbe.tcpSocket).toEqual({ port: 'webhook-server' });
    expect(own.container.livenessProbe.httpGet).toEqual({ path: '/metrics', port: 'metrics' });
  });

  test.each(['true', 'false'])('makes scalers of KEDA: %s', (enabled) => {
    const { container } = render({ keda: { enabled: enabled === 'true' } });
    expect(envOf(container).KEDA_ENABLED).toBe(enabled);
  });

  test('has minutes to start, since it waits for its certificate', () => {
    const { periodSeconds, failureThreshold } = own.container.startupProbe;
    expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(300);
  });

  test('has the only token of the pod, which expires within the hour or so', () => {
    expect(own.pod.automountServiceAccountToken).toBe(false);
    expect(own.volume('api-token').projected.sources[0].serviceAccountToken.expirationSeconds).toBeLessThan(4000);
    expect(own.container.volumeMounts).toContainEqual({
      name: 'api-token',
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      readOnly: true,
    });
  });

  test('calls the API server on its ports, which calls the webhook, and nobody else', () => {
    const manager = { kind: 'pods', namespace: 'operator-x', labels: own.deployment.selector.matchLabels };
    expect(own.component.edges).toMatchObject([
      { from: manager, to: { kind: 'apiServer' }, ports: [1443, 2443] },
      { from: { kind: 'apiServer' }, to: manager, ports: [7443] },
    ]);
    expect(own.component.edges).toHaveLength(2);
  });

  test('finds its configuration beside it', () => {
    expect(find(own.objects, 'ConfigMap', 'seldon-config').metadata.namespace).toBe('operator-x');
  });
});

describe('its rights', () => {
  const apiGroups = (objects: readonly KubernetesObject[]) =>
    new Set(
      objects.flatMap((object) => (object.rules ?? []).flatMap((rule: KubernetesObject['spec']) => rule.apiGroups)),
    );

  test('are bound to the account that its pod runs as', () => {
    const bindings = own.objects.filter(({ kind }) => kind.endsWith('Binding'));
    expect(bindings.length).toBeGreaterThan(3);
    const subject = { kind: 'ServiceAccount', name: own.pod.serviceAccountName, namespace: 'operator-x' };
    for (const { subjects } of bindings) expect(subjects).toEqual([subject]);
    expect(find(own.objects, 'ServiceAccount', own.pod.serviceAccountName).automountServiceAccountToken).toBe(false);
  });

  test('are for its own namespace and that of the models', () => {
    const namespaces = own.objects.filter(({ kind }) => kind === 'Role').map(({ metadata }) => metadata.namespace);
    expect(new Set(namespaces)).toEqual(new Set(['operator-x', 'models-x']));
  });

  test('include an ingress only where it is switched on', () => {
    expect(apiGroups(own.objects)).not.toContain('networking.istio.io');
    expect(apiGroups(own.objects)).not.toContain('getambassador.io');
    const both = render({ istio: { enabled: true, gateway: 'x/y' }, ambassador: { enabled: true } });
    expect(apiGroups(both.objects)).toContain('networking.istio.io');
    expect(apiGroups(both.objects)).toContain('getambassador.io');
  });

  test('include webhooks only where it registers its own', () => {
    expect(apiGroups(own.objects)).toContain('admissionregistration.k8s.io');
    expect(apiGroups(certManager.objects)).not.toContain('admissionregistration.k8s.io');
  });
});

describe('its settings', () => {
  const settings = envOf(own.container);

  test('name the executor, its pull policy and the account of the pods it makes', () => {
    const images = {
      ...foreignImages,
      seldonExecutor: { ...foreignImages.seldonExecutor, pullPolicy: 'Always' as const },
    };
    expect(envOf(render({ images }).container)).toMatchObject({
      EXECUTOR_CONTAINER_IMAGE_AND_VERSION: foreignImages.seldonExecutor.reference,
      EXECUTOR_CONTAINER_IMAGE_PULL_POLICY: 'Always',
      EXECUTOR_CONTAINER_SERVICE_ACCOUNT_NAME: 'account-x',
    });
  });

  test('make containers of a user that is not root', () => {
    expect(settings).toMatchObject({ DEFAULT_USER_ID: '8888', EXECUTOR_CONTAINER_USER: '8888' });
    expect(own.pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 8888 });
  });

  test('are each given once', () => {
    expect(Object.keys(settings)).toHaveLength(own.container.env.length);
  });

  test('give models no Secret of its choice', () => {
    expect(settings.PREDICTIVE_UNIT_DEFAULT_ENV_SECRET_REF_NAME).toBe('');
  });

  test('switch every ingress off unless it is asked for', () => {
    expect(settings).toMatchObject({ ISTIO_ENABLED: 'false', AMBASSADOR_ENABLED: 'false', KEDA_ENABLED: 'false' });
  });

  test('switch on Istio with its gateway, or Ambassador, one without the other', () => {
    const istio = render({ istio: { enabled: true, gateway: 'mesh-y/gateway-y' } });
    expect(envOf(istio.container)).toMatchObject({
      ISTIO_ENABLED: 'true',
      ISTIO_GATEWAY: 'mesh-y/gateway-y',
      AMBASSADOR_ENABLED: 'false',
    });
    const ambassador = render({ ambassador: { enabled: true } });
    expect(envOf(ambassador.container)).toMatchObject({ ISTIO_ENABLED: 'false', AMBASSADOR_ENABLED: 'true' });
  });
});

describe('the webhook', () => {
  test('is reached by a Service that leads to the manager', () => {
    const { spec } = find(own.objects, 'Service', 'seldon-webhook-service');
    expect(spec.ports).toEqual([{ name: 'https', port: 443, targetPort: 'webhook-server' }]);
    expect(own.deployment.template.metadata.labels).toMatchObject(spec.selector);
  });

  describe('with a certificate that the manager makes', () => {
    test('is registered by the manager, which keeps the certificate as long as the pod lives', () => {
      expect(own.container.args).toContain('--create-resources=true');
      expect(own.kinds).not.toContain('ValidatingWebhookConfiguration');
      expect(own.volume('serving-certs')).toEqual({ name: 'serving-certs', emptyDir: { sizeLimit: '66Mi' } });
      expect(own.container.volumeMounts).toContainEqual({ name: 'serving-certs', mountPath: FOLDER });
    });

    test('needs nothing of cert-manager', () => {
      expect(own.kinds).not.toContain('Certificate');
      expect(own.kinds).not.toContain('Issuer');
    });
  });

  describe('with a certificate of cert-manager', () => {
    const certificate = find(certManager.objects, 'Certificate', 'seldon-serving-cert');
    const configuration = certManager.objects.find(({ kind }) => kind === 'ValidatingWebhookConfiguration');
    const [webhook] = configuration?.webhooks ?? [];

    test('is not registered by the manager', () => {
      expect(certManager.container.args.join()).not.toContain('create-resources');
    });

    test('is registered under a name that only this namespace has, and outside every namespace', () => {
      expect(configuration?.metadata.name).toContain('operator-x');
      expect(configuration?.metadata.namespace).toBeUndefined();
    });

    test('leads to the Service, for every change of a SeldonDeployment, and refuses where nobody answers', () => {
      expect(webhook).toMatchObject({
        clientConfig: { service: { name: 'seldon-webhook-service', namespace: 'operator-x' } },
        failurePolicy: 'Fail',
        sideEffects: 'None',
      });
      expect(webhook.rules).toEqual([
        expect.objectContaining({ operations: ['CREATE', 'UPDATE'], resources: ['seldondeployments'] }),
      ]);
    });

    test('trusts what is injected from the Certificate, which is made for the name of the Service', () => {
      expect(configuration?.metadata.annotations).toEqual({
        'cert-manager.io/inject-ca-from': `operator-x/${certificate.metadata.name}`,
      });
      expect(webhook.clientConfig.caBundle).toBeUndefined();
      expect(certificate.spec.dnsNames).toContain('seldon-webhook-service.operator-x.svc');
    });

    test('has an issuer of its own', () => {
      const { kind, name } = certificate.spec.issuerRef;
      expect(find(certManager.objects, kind, name).spec).toEqual({ selfSigned: {} });
    });

    test('reads the key where cert-manager puts it, and cannot write there', () => {
      expect(certManager.volume('serving-certs').secret.secretName).toBe(certificate.spec.secretName);
      expect(certManager.container.volumeMounts).toContainEqual({
        name: 'serving-certs',
        mountPath: FOLDER,
        readOnly: true,
      });
    });
  });
});

describe.each([
  ['manager', own],
  ['cert-manager', certManager],
])('with certificates by %s', (_, { objects, component }) => {
  test('no private key, certificate or Secret is in the manifests', () => {
    expect(JSON.stringify(objects)).not.toMatch(/PRIVATE KEY|BEGIN CERTIFICATE|caBundle|"kind":"Secret"/);
    expect(component.secrets).toEqual([]);
  });

  test('no role lets the operator read a Secret', () => {
    const rules = objects.flatMap((object): KubernetesObject['spec'][] => object.rules ?? []);
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.flatMap(({ resources }) => resources).filter((name) => /secret|\*/.test(name))).toEqual([]);
  });

  test('nothing collects usage metrics', () => {
    expect(JSON.stringify(objects)).not.toMatch(/spartakus|usage-?metrics/i);
  });
});
