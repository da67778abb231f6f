/**
 * A value that `npm run secrets` writes to every Secret that needs it: made at random once, or given by a person where
 * the server is not of this platform.
 */
export class Credential {
  /**
   * @param id its name in an overrides file, such as "POSTGRES_PASSWORD"
   * @param purpose what it opens, in one line
   * @param origin whether it is made here or somebody else has made it
   */
  constructor(
    readonly id: string,
    readonly purpose: string,
    readonly origin: 'made' | 'given' = 'made',
  ) {}
}

/** A name of Kubernetes, such as "risk-team", as part of the id of a credential: "RISK_TEAM". */
export const idOf = (name: string) => name.toUpperCase().replaceAll('-', '_');

/** The text of one Secret key: fixed pieces and credentials, in order. */
export type SecretText = readonly (string | Credential)[];

/** Writes the text of a Secret key as a template, such as secretText`password=${password}\n`. */
export function secretText(strings: TemplateStringsArray, ...values: readonly (string | Credential)[]): SecretText {
  return strings.flatMap((piece, index) => [piece, ...values.slice(index, index + 1)]);
}

/** Kubernetes wants a username or a password of the second. */
export type SecretType = 'Opaque' | 'kubernetes.io/basic-auth';

export interface RequiredSecretProps {
  readonly namespace: string;
  readonly name: string;
  /** What the Secret is for, in one line. */
  readonly purpose: string;
  /** Its keys. dist/ only ever carries their names. */
  readonly data: Readonly<Record<string, SecretText>>;
  /** @default 'Opaque' */
  readonly type?: SecretType;
  /** Labels that somebody who watches it looks for. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A Secret that the platform references and never renders. */
export class RequiredSecret {
  readonly namespace: string;
  readonly name: string;
  readonly purpose: string;
  readonly data: Readonly<Record<string, SecretText>>;
  readonly type: SecretType;
  readonly labels: Readonly<Record<string, string>>;

  constructor(props: RequiredSecretProps) {
    this.namespace = props.namespace;
    this.name = props.name;
    this.purpose = props.purpose;
    this.data = props.data;
    this.type = props.type ?? 'Opaque';
    this.labels = props.labels ?? {};
  }

  /** The items of a volume that mounts just these keys. */
  items(...keys: string[]): { key: string; path: string }[] {
    return keys.map((key) => ({ key: this.key(key), path: key }));
  }

  /**
   * Names one of its keys.
   * @throws Error when the Secret has no such key
   */
  key(key: string): string {
    if (!(key in this.data)) throw new Error(`Secret ${this.namespace}/${this.name} has no key ${key}`);
    return key;
  }
}
