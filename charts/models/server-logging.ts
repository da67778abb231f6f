/** What the server of a node logs, and how: each kind of server is told in its own way. */
import { type Logging, levelVariable } from '../lib/logging';
import { isMlserver, type NodeProps } from './node';
import type { Protocol } from './protocol';

/** Servers of Seldon's Python wrapper. */
const WRAPPED = /^(SKLEARN|XGBOOST|MLFLOW)_SERVER$/;

/** Variables of the server; none for servers that have no such setting, and for images of one's own. */
export function loggingVariables(
  node: NodeProps,
  protocol: Protocol,
  logging: Logging | undefined,
): Readonly<Record<string, string>> {
  if (isMlserver(node, protocol)) return mlserverLogging(logging);
  return WRAPPED.test(node.server ?? '') ? levelVariable('SELDON_LOG_LEVEL', logging) : {};
}

/** Variables of any MLServer. */
export const mlserverLogging = (logging: Logging | undefined): Readonly<Record<string, string>> => ({
  ...structured(logging),
  ...mlserverLevel(logging),
});

const structured = (logging: Logging | undefined): Readonly<Record<string, string>> =>
  logging?.json ? { MLSERVER_USE_STRUCTURED_LOGGING: 'true' } : {};

/**
 * MLServer knows "debug", which shows callers stack traces, and otherwise a configuration of Python's loggers. It gives the
 * same one to uvicorn, which then has no handlers but these.
 * Source: configure_logger in mlserver/logging.py, and mlserver/rest/server.py of MLServer 1.7.1.
 */
function mlserverLevel(logging: Logging | undefined): Readonly<Record<string, string>> {
  if (!logging?.level) return {};
  const level = logging.level.toUpperCase();
  const settings = {
    version: 1,
    disable_existing_loggers: false,
    handlers: { console: { class: 'logging.StreamHandler', stream: 'ext://sys.stdout' } },
    loggers: { mlserver: { level }, uvicorn: { level, handlers: ['console'], propagate: false } },
  };
  return { MLSERVER_LOGGING_SETTINGS: JSON.stringify(settings) };
}
