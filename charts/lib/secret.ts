/** A random value that `npm run secrets` makes once and writes to every Secret that needs it. */
export class Credential {
  /**
   * @param id its name in an overrides file, such as "POSTGRES_PASSWORD"
   * @param purpose what it opens, in one line
   */
  constructor(
    readonly id: string,
    readonly purpose: string,
  ) {}
}

/** The text of one Secret key: fixed pieces and credentials, in order. */
export type SecretText = readonly (string | Credential)[];

/** Writes the text of a Secret key as a template, such as secretText`password=${password}\n`. */
export function secretText(strings: TemplateStringsArray, ...values: readonly (string | Credential)[]): SecretText {
  return strings.flatMap((piece, index) => [piece, ...values.slice(index, index + 1)]);
}

export interface RequiredSecretProps {
  readonly namespace: string;
  readonly name: string;
  /** What the Secret is for, in one line. */
  readonly purpose: string;
  /** Its keys. dist/ only ever carries their names. */
  readonly data: Readonly<Record<string, SecretText>>;
}

/** A Secret that the platform references and never renders. */
export class RequiredSecret {
  readonly namespace: string;
  readonly name: string;
  readonly purpose: string;
  readonly data: Readonly<Record<string, SecretText>>;

  constructor(props: RequiredSecretProps) {
    this.namespace = props.namespace;
    this.name = props.name;
    this.purpose = props.purpose;
    this.data = props.data;
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
