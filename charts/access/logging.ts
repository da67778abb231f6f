/**
 * What oauth2-proxy logs: a line for each request, for each sign-in, and about itself. It has no levels and no JSON of its own,
 * only templates; "%q" quotes what comes from callers, as JSON does. What it gives as the address, and as what the browser
 * calls itself, is quoted already. Source: pkg/logger/logger.go of oauth2-proxy 7.15.
 */
import { isQuiet, type Logging } from '../lib/logging';

const quoted = (field: string) => `{{printf "%q" .${field}}}`;
const raw = (field: string) => `{{.${field}}}`;

const CALLER = {
  time: `"{{.Timestamp}}"`,
  client: quoted('Client'),
  request: quoted('RequestID'),
  user: quoted('Username'),
  host: quoted('Host'),
  method: quoted('RequestMethod'),
};

const FORMATS = {
  standard: { time: `"{{.Timestamp}}"`, file: quoted('File'), message: quoted('Message') },
  auth: { ...CALLER, agent: raw('UserAgent'), status: quoted('Status'), message: quoted('Message') },
  request: {
    ...CALLER,
    upstream: quoted('Upstream'),
    uri: raw('RequestURI'),
    agent: raw('UserAgent'),
    status: raw('StatusCode'),
    bytes: raw('ResponseSize'),
    seconds: raw('RequestDuration'),
  },
};

/** One object a line, without spaces. */
const template = (fields: Readonly<Record<string, string>>) =>
  `{${Object.entries(fields)
    .map(([name, value]) => `"${name}":${value}`)
    .join(',')}}`;

export function loggingOptions(logging: Logging | undefined): string[] {
  return [
    ...(isQuiet(logging) ? ['--request-logging=false'] : []),
    ...(logging?.json
      ? Object.entries(FORMATS).map(([name, fields]) => `--${name}-logging-format=${template(fields)}`)
      : []),
  ];
}
