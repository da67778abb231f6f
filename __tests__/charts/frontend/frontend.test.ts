/** The front end, given a model and names that no environment has. */
import { readFileSync } from 'node:fs';
import type { Form } from '../../../charts/frontend/form';
import { Frontend, type FrontendProps } from '../../../charts/frontend/frontend';
import type { ModelEndpoint } from '../../../charts/models/endpoint';
import { build, envOf, foreignEndpoint, foreignImage, foreignResources } from '../../support/foreign';
import { find } from '../../support/platform';

const model: ModelEndpoint = {
  endpoint: foreignEndpoint('model-x', 6543, 16543),
  protocol: 'seldon',
  path: '/path/x',
};
const form: Form = {
  title: 'Title x',
  inputs: [{ name: 'column x', type: 'double', required: true, min: 3, max: 5 }],
  output: { label: 'Answer x' },
};

function render(overrides: Partial<FrontendProps> = {}) {
  const { component, objects } = build(
    (app) =>
      new Frontend(app, {
        namespace: 'pages-x',
        image: foreignImage,
        model,
        form,
        resources: foreignResources,
        ...overrides,
      }),
  );
  const deployment = find(objects, 'Deployment', 'fe-deployment').spec;
  const pod = deployment.template.spec;
  const [container] = pod.containers;
  return { component, objects, deployment, pod, container };
}
const { component, objects, deployment, pod, container } = render();
const service = find(objects, 'Service', 'frontend-service');

test('comes last, when the models are there', () => {
  expect(component.stage).toBe('60-apps');
});

test('lives in the namespace it is given', () => {
  expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['pages-x']));
});

test('runs the image and resources that it is told', () => {
  expect(container).toMatchObject({
    image: foreignImage.reference,
    imagePullPolicy: foreignImage.pullPolicy,
    resources: foreignResources,
  });
  expect(objects.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/version'])).toContain('7.7.7');
});

test('logs in to the registry only where it is told how', () => {
  expect(pod.imagePullSecrets).toBeUndefined();
  expect(render({ pullSecret: 'login-x' }).pod.imagePullSecrets).toEqual([{ name: 'login-x' }]);
});

test('asks the model where it is published, by its protocol', () => {
  expect(envOf(container)).toMatchObject({
    API_URL: 'http://model-x.elsewhere.svc:6543/path/x',
    MODEL_PROTOCOL: 'seldon',
  });
});

test('may call the pods of that model, and nothing else', () => {
  const from = { kind: 'pods', namespace: 'pages-x', labels: deployment.selector.matchLabels };
  expect(component.edges).toMatchObject([{ from, to: model.endpoint.pods, ports: [16543] }]);
});

test('is called by its Service, which leads to the port that it listens on', () => {
  expect(service.spec.ports).toEqual([{ name: 'http', port: 8080, targetPort: 'http' }]);
  expect(container.ports).toEqual([{ name: 'http', containerPort: 8501 }]);
  expect(deployment.template.metadata.labels).toMatchObject(service.spec.selector);
});

test('is inside the cluster only', () => {
  expect(service.spec.type ?? 'ClusterIP').toBe('ClusterIP');
  expect(objects.map(({ kind }) => kind)).not.toContain('Ingress');
});

test('is probed where Streamlit says how it is', () => {
  for (const probe of ['startupProbe', 'readinessProbe']) {
    expect(container[probe].httpGet).toEqual({ path: '/_stcore/health', port: 'http' });
  }
});

test('is restarted only when it no longer accepts connections', () => {
  expect(container.livenessProbe).toMatchObject({ tcpSocket: { port: 'http' } });
  expect(container.livenessProbe.httpGet).toBeUndefined();
});

test('gives way to its successor only when that is ready, and lets callers leave first', () => {
  expect(deployment.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  expect(container.lifecycle.preStop.exec.command).toEqual(['sleep', '5']);
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(5);
});

test('needs no Secret and gets no token', () => {
  expect(component.secrets).toEqual([]);
  expect(pod.automountServiceAccountToken).toBe(false);
  expect(find(objects, 'ServiceAccount', pod.serviceAccountName).automountServiceAccountToken).toBe(false);
});

test('writes nowhere but to /tmp, which is bounded', () => {
  type Named = { readonly name: string; readonly readOnly?: boolean };
  expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
  expect(container.volumeMounts.filter(({ readOnly }: Named) => !readOnly)).toEqual([
    { name: 'tmp', mountPath: '/tmp' },
  ]);
  expect(pod.volumes.find(({ name }: Named) => name === 'tmp').emptyDir).toEqual({ sizeLimit: expect.any(String) });
});

describe('the form', () => {
  const config = find(objects, 'ConfigMap', 'frontend-form');

  test('is what the model says, as JSON', () => {
    expect(Object.values<string>(config.data).map((text) => JSON.parse(text))).toEqual([form]);
  });

  test('is where the page is told to read it', () => {
    const [file] = Object.keys(config.data);
    const volume = pod.volumes.find(({ configMap }: { configMap?: { name: string } }) => configMap);
    const mount = container.volumeMounts.find(({ name }: { name: string }) => name === volume.name);
    expect(volume.configMap.name).toBe(config.metadata.name);
    expect(envOf(container).MODEL_FORM).toBe(`${mount.mountPath}/${file}`);
  });

  test('starts new pods when it changes, and only then', () => {
    const templateOf = (title: string) => render({ form: { ...form, title } }).deployment.template;
    expect(templateOf('Title x')).toEqual(deployment.template);
    expect(templateOf('Title y')).not.toEqual(deployment.template);
  });
});

test('its image names no address to listen on, which Streamlit takes for all of IPv4 and IPv6', () => {
  const command = /^CMD (\[[^\]]+\])/m.exec(readFileSync('frontend/Dockerfile', 'utf8').replaceAll('\\\n', ' '))?.[1];
  expect(JSON.parse(command ?? '')).toContain('streamlit');
  expect(command).not.toContain('--server.address');
});
