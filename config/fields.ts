/**
 * The vocabulary of the configuration: what a name, an address, a number or a quantity may be.
 *
 * Each field carries an example of a good value, which error messages quote and editors offer. The limits are those
 * of the API server (k8s.io/apimachinery/pkg/util/validation), so that nothing accepted here is refused later.
 */
import * as z from 'zod';
import { NO_LIMIT, parseQuantity, quantityValue } from '../charts/lib/quantity';

// What many fields share is made once, and notes are registered rather than given to meta(), which copies the schema. So zod
// makes a third fewer objects, which is a tenth of the time of a small run (`npm run bench`).
const TEXT = z.string();

/** A schema that nothing else has, with an example of a good value. */
export const withExample = <S extends z.ZodType>(schema: S, example: unknown): S => {
  z.globalRegistry.add(schema as z.ZodType, { examples: [example] });
  return schema;
};

const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
/** A port after a host, or none, as part of a pattern. */
export const PORT = '(:([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5]))?';

/**
 * Text of one form.
 * @param hint what to say of a wrong value that people write for a known reason
 * @param isMeant what the pattern does not say
 */
export const matching = (
  pattern: RegExp,
  max: number,
  what: string,
  example: string,
  hint: (value: string) => string | undefined = () => undefined,
  isMeant: (value: string) => boolean = () => true,
) =>
  TEXT.refine((value) => value.length <= max && pattern.test(value) && isMeant(value), {
    error: ({ input }) => hint(String(input)) ?? `must be ${what}`,
  }).register(z.globalRegistry, { pattern: pattern.source, maxLength: max, examples: [example] });

/**
 * An address, which programs can take apart. A pattern alone would let pass the port 99999, and 10.0.0.300, which ends in a
 * number and so is no name.
 */
export const address = (pattern: RegExp, max: number, what: string, example: string) => {
  const isWrong = (value: string) => pattern.test(value) && !URL.canParse(value);
  const hint = (value: string) => (isWrong(value) ? WRONG_HOST : undefined);
  return matching(pattern, max, what, example, hint, URL.canParse);
};

const WRONG_HOST = 'must have a host that there can be, and no port above 65535';

const isHost = (value: string) => URL.canParse(`http://${value}`);

/** A DNS label: the name of a namespace, a container or a pod's part. */
export const dnsLabel = (example: string, max = 63) =>
  matching(new RegExp(`^${DNS_LABEL}$`), max, `a lower-case DNS label of at most ${max} characters`, example);

/** The name of a Service: a DNS label that starts with a letter. */
export const serviceName = (example: string, max = 63) =>
  matching(
    /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    max,
    `a lower-case DNS label of at most ${max} characters that starts with a letter`,
    example,
  );

/** The name of most objects: a DNS subdomain. */
export const objectName = (example: string) =>
  matching(
    new RegExp(`^${DNS_LABEL}(\\.${DNS_LABEL})*$`),
    253,
    'a lower-case DNS name of at most 253 characters',
    example,
  );

/** A host name without scheme, port or path. */
export const hostName = (example: string) =>
  matching(
    new RegExp(`^${DNS_LABEL}(\\.${DNS_LABEL})+$`),
    253,
    'a lower-case host name with a domain, without scheme, port or path',
    example,
    undefined,
    isHost,
  );

/** A host as the address bar of a browser shows it: a name or an address, with its port where that is no scheme's own. */
export const hostAndPort = (example: string) =>
  matching(
    new RegExp(`^(?!.*:(80|443)$)(${DNS_LABEL}(\\.${DNS_LABEL})*|\\[[0-9a-f:.]+\\])${PORT}$`),
    261,
    'a lower-case host, with its port where that is not 80 or 443, without scheme or path',
    example,
    undefined,
    isHost,
  );

/** A path of a URL that starts with "/" and does not end with it. */
export const urlPath = (example: string) =>
  matching(/^(\/[A-Za-z0-9][A-Za-z0-9._~-]*)+$/, 256, 'a path that starts with "/" and does not end with it', example);

/** An http or https address without a login. */
export const httpUrl = (example: string) =>
  address(
    /^https?:\/\/[A-Za-z0-9][A-Za-z0-9.-]*(:[1-9]\d{0,4})?(\/[\w.~%+=&?@:/-]*)?$/,
    1024,
    'an http or https address',
    example,
  );

/** A value without parts. */
export const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: 'must be text, a number, true or false',
});

/** Any text. */
export const text = (example: string) => withExample(z.string({ error: 'must be text' }), example);

/**
 * One of some words.
 * @param others what to say of words that people know in their place
 */
export const oneOf = <const T extends readonly [string, ...string[]]>(
  values: T,
  example: T[number],
  others: Readonly<Record<string, string>> = {},
) => {
  const answers = new Map<unknown, string>(Object.entries(others));
  return withExample(
    z.enum(values, { error: ({ input }) => answers.get(input) ?? `must be one of ${values.join(', ')}` }),
    example,
  );
};

/** true or false. */
export const flag = (value: boolean) =>
  withExample(z.boolean({ error: 'must be true or false' }).default(value), value);

/** The value of a label, or of a taint. */
export const labelValue = (example: string) =>
  matching(
    /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
    63,
    'a label value: at most 63 letters, digits, "-", "_" or ".", starting and ending with a letter or digit',
    example,
  );

/** The key of a label or an annotation. */
export const labelKey = z.string().refine(
  (key) => {
    const [name = '', prefix, ...rest] = key.split('/').reverse();
    const prefixFits =
      prefix === undefined || (prefix.length <= 253 && new RegExp(`^${DNS_LABEL}(\\.${DNS_LABEL})*$`).test(prefix));
    return rest.length === 0 && prefixFits && /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(name);
  },
  { error: 'must be a label key, such as "example.com/team"' },
);

/** Labels of Kubernetes objects. */
export const labels = (key: string, value: string) =>
  withExample(z.record(labelKey, labelValue(value)), { [key]: value });

/** Annotations of Kubernetes objects. */
export const annotations = (key: string, value: string) =>
  withExample(z.record(labelKey, text(value)), { [key]: value });

const wholeNumber = (what: string, min: number, max: number, example: number) => {
  const error = `must be ${what} from ${min} to ${max}`;
  // All checks at once: each method of its own would copy the schema.
  const schema = z.number({ error }).check(z.int({ error }), z.gte(min, { error }), z.lte(max, { error }));
  return withExample(schema, example);
};

export const port = (example: number) => wholeNumber('a port number', 1, 65535, example);

export const count = (min: number, max: number, example: number) => wholeNumber('a whole number', min, max, example);

/** Whether a limit may also be "none". In YAML null already means "what the base or the default says". */
interface LimitOptions {
  readonly orNone?: boolean;
}

/**
 * A quantity, written as text or as a number; always text after validation.
 * @param most above all that a cluster has, and little enough to count with exactly
 */
const quantity = (what: string, most: string, accept: (value: number) => boolean, { orNone }: LimitOptions) => {
  const isTooMuch = (text: string) => (parseQuantity(text) ?? 0) > quantityValue(most);
  return z
    .union([z.string(), z.number()], { error: `must be ${what}` })
    .transform(String)
    .refine(
      (value) => {
        const parsed = parseQuantity(value);
        return (
          (orNone && value === NO_LIMIT) || (parsed !== undefined && parsed > 0 && accept(parsed) && !isTooMuch(value))
        );
      },
      { error: ({ input }) => `must be ${isTooMuch(String(input)) ? `at most ${most}` : what}` },
    );
};

const amountOfCpu = (options: LimitOptions) =>
  quantity('an amount of CPU', '100k', (value) => Math.abs(value * 1000 - Math.round(value * 1000)) < 1e-6, options);
const amountOfBytes = (options: LimitOptions) => quantity('an amount of bytes', '4Pi', Number.isInteger, options);

// Made once for the hundreds of fields that share them: zod makes ten objects of each.
const CPU = amountOfCpu({});
const CPU_OR_NONE = amountOfCpu({ orNone: true });
const BYTES = amountOfBytes({});
const BYTES_OR_NONE = amountOfBytes({ orNone: true });

/** CPUs, no finer than the thousandth that the kubelet can enforce. */
export const cpu = (example: string, { orNone }: LimitOptions = {}) =>
  (orNone ? CPU_OR_NONE : CPU).meta({ examples: [example] });

/** Bytes of memory or storage. "400m" is 0.4 bytes to Kubernetes: a slip that it accepts and we refuse. */
export const bytes = (example: string, { orNone }: LimitOptions = {}) =>
  (orNone ? BYTES_OR_NONE : BYTES).meta({ examples: [example] });

const isIpv4 = (value: string) => /^(\d{1,3}\.){3}\d{1,3}$/.test(value);

/** The name of a bucket, as S3 and MinIO take it. */
export const bucketName = (example: string) =>
  withExample(
    TEXT.refine(
      (value) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value) && !isIpv4(value) && !/\.\.|\.-|-\./.test(value),
      { error: 'must be a bucket name: 3 to 63 lower-case letters, digits, "-" or ".", and no IP address' },
    ),
    example,
  );

/** A range of IPv4 or IPv6 addresses. */
export const cidr = (example: string) =>
  withExample(z.union([z.cidrv4(), z.cidrv6()], { error: 'must be a range of addresses' }), example);
