/** How the kubelet finds out whether a container works. */
import type { k8s } from './k8s';
import { type NamedPort, portRef } from './service';

/** What is asked; it may say timings of its own. */
export type Check = k8s.Probe;

export const httpCheck = (port: NamedPort, path: string): Check => ({ httpGet: { path, port: portRef(port) } });

/** Whether something accepts connections. */
export const tcpCheck = (port: NamedPort): Check => ({ tcpSocket: { port: portRef(port) } });

export interface ProbesProps {
  /** How long the start may take: the container is restarted after periodSeconds times failureThreshold. */
  readonly startup: Pick<k8s.Probe, 'periodSeconds' | 'timeoutSeconds' | 'failureThreshold'>;
  /** Whether requests may go to the container; asked every ten seconds. */
  readonly ready: Check;
  /**
   * Whether the container may go on; asked every twenty seconds, and restarted after two minutes. It asks for less than
   * `ready` where a busy or recovering server would fail that.
   * @default - the same as `ready`
   */
  readonly live?: Check;
}

export function probes({
  startup,
  ready,
  live = ready,
}: ProbesProps): Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  return {
    startupProbe: { ...ready, ...startup },
    readinessProbe: { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3, ...ready },
    livenessProbe: { periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6, ...live },
  };
}
