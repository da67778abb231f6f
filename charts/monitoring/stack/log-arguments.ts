import type { Logging } from '../../lib/logging';

/** How Prometheus and Alertmanager are told what to log: promslog of github.com/prometheus/common. */
export const logArguments = (logging: Logging | undefined): string[] => [
  ...(logging?.level ? [`--log.level=${logging.level === 'warning' ? 'warn' : logging.level}`] : []),
  ...(logging?.json ? ['--log.format=json'] : []),
];
