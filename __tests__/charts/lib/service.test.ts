/** Ports and what finds them: Services, endpoints, probes. */
import { Chart, Testing } from 'cdk8s';
import type { Pods } from '../../../charts/lib/endpoint';
import { k8s } from '../../../charts/lib/k8s';
import { httpCheck, probes, tcpCheck } from '../../../charts/lib/probes';
import { endpointOf, service, servicePort } from '../../../charts/lib/service';

const PORT = { name: 'web-x', containerPort: 1234 };
const pods: Pods = { kind: 'pods', name: 'pods-x', namespace: 'ns-x', labels: { app: 'x' } };
const render = (headless?: boolean) =>
  service(new Chart(Testing.app(), 'chart'), 'service', {
    name: 'service-x',
    pods,
    ports: [servicePort(PORT), servicePort({ name: 'other', containerPort: 5 }, 80)],
    headless,
  });

describe('a Service', () => {
  test('leads to ports of its pods by their names', () => {
    expect(render().toJson().spec).toEqual({
      selector: { app: 'x' },
      ports: [
        { name: 'web-x', port: 1234, targetPort: 'web-x' },
        { name: 'other', port: 80, targetPort: 'other' },
      ],
    });
  });

  test('knows pods before they are ready where it gives them their names', () => {
    expect(render(true).toJson().spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
  });

  test('is an endpoint for those who call it', () => {
    expect(endpointOf(render(), pods, PORT)).toEqual({
      service: 'service-x',
      namespace: 'ns-x',
      port: 1234,
      targetPort: 1234,
      pods,
    });
  });
});

describe('probes', () => {
  const startup = { periodSeconds: 3, failureThreshold: 9 };
  const json = (props: Parameters<typeof probes>[0]) => {
    const { startupProbe, readinessProbe, livenessProbe } = k8s.toJson_Container({ name: 'x', ...probes(props) }) ?? {};
    return { startupProbe, readinessProbe, livenessProbe };
  };

  test('ask the same where nothing else is said, at the start as often as it takes', () => {
    const tcpSocket = { port: 'web-x' };
    expect(json({ startup, ready: tcpCheck(PORT) })).toEqual({
      startupProbe: { tcpSocket, ...startup },
      readinessProbe: { tcpSocket, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
      livenessProbe: { tcpSocket, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
    });
  });

  test('may ask for less than readiness to go on, with a timing of its own', () => {
    const { readinessProbe, livenessProbe } = json({
      startup,
      ready: httpCheck(PORT, '/ready'),
      live: { ...tcpCheck(PORT), timeoutSeconds: 11 },
    });
    expect(readinessProbe.httpGet).toEqual({ path: '/ready', port: 'web-x' });
    expect(livenessProbe).toEqual({
      tcpSocket: { port: 'web-x' },
      periodSeconds: 20,
      timeoutSeconds: 11,
      failureThreshold: 6,
    });
  });
});
