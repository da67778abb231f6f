import initScript from '../../../charts/postgresql/init.sh';
import { Postgresql } from '../../../charts/postgresql/postgresql';
import { build, envOf, foreignImage, foreignResources } from '../../support/foreign';
import { find } from '../../support/platform';

const props = {
  namespace: 'databases',
  image: foreignImage,
  resources: foreignResources,
  storage: { size: '3Gi', className: 'fast' },
  maxConnections: 77,
  sharedMemory: '55Mi',
};
const render = () => build((app) => new Postgresql(app, props));

describe('Postgresql', () => {
  const { component, objects } = render();
  const server = find(objects, 'StatefulSet', 'postgresql');
  const [container] = server.spec.template.spec.containers;

  test('is in the namespace it is given', () => {
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['databases']));
  });

  test('runs the image it is given, with the resources it is given', () => {
    expect(container).toMatchObject({
      image: foreignImage.reference,
      imagePullPolicy: 'Never',
      resources: foreignResources,
    });
  });

  test('has the connections and the shared memory that it is told', () => {
    expect(container.args).toEqual(['-c', 'max_connections=77']);
    expect(component.mlflow.connections).toBe(69);
    expect(server.spec.template.spec.volumes).toContainEqual({
      name: 'shared-memory',
      emptyDir: { medium: 'Memory', sizeLimit: '55Mi' },
    });
  });

  test('publishes the Service that it renders', () => {
    const { endpoint } = component.mlflow;
    const service = find(objects, 'Service', endpoint.service);
    expect(service.spec.ports).toEqual([{ name: 'tcp-postgresql', port: endpoint.port, targetPort: 'tcp-postgresql' }]);
    expect(container.ports).toEqual([{ name: 'tcp-postgresql', containerPort: endpoint.targetPort }]);
    expect(service.spec.selector).toEqual(endpoint.pods.labels);
  });

  test('has a headless Service that knows pods before they are ready', () => {
    expect(find(objects, 'Service', server.spec.serviceName).spec).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
  });

  test.each([
    ['17.7-trixie', '/var/lib/postgresql/17/docker'],
    ['16@sha256:abc', '/var/lib/postgresql/16/docker'],
    // These choose such a folder themselves.
    ['18.6-trixie', undefined],
    ['20', undefined],
    ['ours', undefined],
  ])('keeps the data of an image %s on the volume, not in the one that older images declare', (version, folder) => {
    const { objects: older } = build((app) => new Postgresql(app, { ...props, image: { ...foreignImage, version } }));
    const [server] = find(older, 'StatefulSet', 'postgresql').spec.template.spec.containers;
    expect(envOf(server).PGDATA).toBe(folder);
  });

  test('keeps its data on the volume it is given, whatever happens to the StatefulSet', () => {
    expect(server.spec.volumeClaimTemplates[0].spec).toMatchObject({
      storageClassName: 'fast',
      resources: { requests: { storage: '3Gi' } },
    });
    expect(server.spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
  });

  test('gives PostgreSQL its passwords as files', () => {
    expect(Object.keys(envOf(container)).filter((name) => /PASSWORD$/.test(name))).toEqual([]);
    expect(envOf(container).POSTGRES_PASSWORD_FILE).toBe('/run/secrets/postgresql/postgres-password');
  });

  test('sets up a database for MLflow with its script, whose variables the server has', () => {
    expect(find(objects, 'ConfigMap', 'postgresql-init-scripts').data).toEqual({ 'mlflow.sh': initScript });
    const { database, user } = component.mlflow;
    expect(envOf(container)).toMatchObject({
      POSTGRES_DB: database,
      APP_DATABASE: database,
      APP_SCHEMA: 'mlflow',
      APP_OWNER: 'mlflow_owner',
      APP_USER: user,
      APP_PASSWORD_FILE: '/run/secrets/postgresql/mlflow-password',
    });
  });

  test('is ready when it answers on TCP, where the server of the init scripts does not listen', () => {
    expect(container.readinessProbe.exec.command).toContain('--host=127.0.0.1');
    expect(container.startupProbe.exec.command).toContain('--host=127.0.0.1');
  });

  test('has time for a shutdown with a checkpoint', () => {
    expect(server.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(60);
  });

  test('logs in to the registry with the Secret it is given, and with none otherwise', () => {
    const { objects: secured } = build((app) => new Postgresql(app, { ...props, pullSecret: 'login' }));
    expect(find(secured, 'StatefulSet', 'postgresql').spec.template.spec.imagePullSecrets).toEqual([{ name: 'login' }]);
    expect(server.spec.template.spec.imagePullSecrets).toBeUndefined();
  });
});
