/** Gives the Secrets that the platform requires their values, without ever replacing one that exists. */
import { closest } from 'fastest-levenshtein';
import { PART_OF } from '../../charts/lib/component';
import { Credential, type RequiredSecret, type SecretText, type SecretType } from '../../charts/lib/secret';

/** Credential values by their id. */
export type CredentialValues = ReadonlyMap<string, string>;

/** A Secret that is in the cluster, its values decoded. */
export interface ExistingSecret {
  readonly namespace: string;
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}

/** Fits every place that a value is written to: a libpq service file, an AWS credentials file, MinIO's 40 characters. */
const VALUE = /^[A-Za-z0-9._~+=-]{12,40}$/;
/** What others have made may be longer, and have any sign that does not end a line or a word. */
const GIVEN_VALUE = /^[\x21-\x7e]{1,256}$/;

/** Every credential of these Secrets, once. */
export function credentialsOf(secrets: readonly RequiredSecret[]): Credential[] {
  const all = secrets.flatMap((secret) => Object.values(secret.data).flatMap(credentialsIn));
  return [...new Map(all.map((credential) => [credential.id, credential])).values()];
}

/** What is wrong with values that a user gives, a line each. */
export function overrideProblems(overrides: CredentialValues, secrets: readonly RequiredSecret[]): string[] {
  const credentials = new Map(credentialsOf(secrets).map((credential) => [credential.id, credential]));
  return [...overrides].flatMap(([id, value]) => {
    const credential = credentials.get(id);
    if (!credential) return [`${id}: unknown credential; did you mean "${closest(id, [...credentials.keys()])}"?`];
    // The value is not shown: this is somebody's password.
    if (credential.origin === 'given') {
      return GIVEN_VALUE.test(value) ? [] : [`${id}: must be 1 to 256 letters, digits or signs, without spaces`];
    }
    return VALUE.test(value) ? [] : [`${id}: must be 12 to 40 letters, digits or any of . _ ~ + = -`];
  });
}

/**
 * The credentials that existing Secrets hold, so that a new Secret gets the same value as its counterpart.
 * @throws Error when two Secrets disagree, or when one lacks a key or has another form than expected
 */
export function recoverCredentials(
  secrets: readonly RequiredSecret[],
  existing: readonly ExistingSecret[],
): CredentialValues {
  const found = new Map<string, { value: string; from: string }>();
  for (const secret of secrets) {
    const present = find(secret, existing);
    if (!present) continue;
    for (const [key, text] of Object.entries(secret.data)) {
      const place = `Secret ${secret.namespace}/${secret.name}, key ${key}`;
      const content = present.data[key];
      if (content === undefined) throw new Error(`${place}: missing; add it, or delete the Secret and run this again`);
      for (const [id, value] of match(text, content, place)) {
        const other = found.get(id);
        if (other && other.value !== value)
          throw new Error(`${place}: ${id} differs from ${other.from}; make them equal`);
        found.set(id, { value, from: place });
      }
    }
  }
  return new Map([...found].map(([id, { value }]) => [id, value]));
}

/** A Secret as it is applied. */
export interface SecretManifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly type: SecretType;
  readonly stringData: Readonly<Record<string, string>>;
}

/** Manifests of the Secrets that do not exist yet. */
export function secretManifests(
  secrets: readonly RequiredSecret[],
  existing: readonly ExistingSecret[],
  values: CredentialValues,
): SecretManifest[] {
  return secrets
    .filter((secret) => !find(secret, existing))
    .map((secret) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: secret.name,
        namespace: secret.namespace,
        labels: { ...secret.labels, 'app.kubernetes.io/part-of': PART_OF },
      },
      type: secret.type,
      stringData: Object.fromEntries(Object.entries(secret.data).map(([key, text]) => [key, fill(text, values)])),
    }));
}

const find = (secret: RequiredSecret, existing: readonly ExistingSecret[]) =>
  existing.find(({ namespace, name }) => namespace === secret.namespace && name === secret.name);

const credentialsIn = (text: SecretText) => text.filter((piece) => piece instanceof Credential);

function fill(text: SecretText, values: CredentialValues): string {
  return text
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const value = values.get(piece.id);
      if (value === undefined) throw new Error(`no value for ${piece.id}`);
      return value;
    })
    .join('');
}

/** Reads a key's content back through its template. */
function match(text: SecretText, content: string, place: string): [string, string][] {
  const credentials = credentialsIn(text);
  if (credentials.length === 0) return [];
  const pattern = text.map((piece) => (typeof piece === 'string' ? escapeRegExp(piece) : '([^\\n]+)')).join('');
  const values = new RegExp(`^${pattern}\\n?$`).exec(content);
  if (!values) throw new Error(`${place}: is not of the form that the platform writes; delete the Secret or mend it`);
  return credentials.map((credential, index) => [credential.id, values[index + 1] ?? '']);
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
