import type { Logging, LogLevel } from '../../lib/logging';

/** A level as programs in Go call it. */
export const goLevel = (level: LogLevel) => (level === 'warning' ? 'warn' : level);

/** How Prometheus and Alertmanager are told what to log: promslog of github.com/prometheus/common. */
export const logArguments = (logging: Logging | undefined): string[] => [
  ...(logging?.level ? [`--log.level=${goLevel(logging.level)}`] : []),
  ...(logging?.json ? ['--log.format=json'] : []),
];
