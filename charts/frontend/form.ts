/** A complete form: what the front end reads, as frontend/README.md describes the file. */
export interface Form {
  readonly title: string;
  /** The model's columns, in order. */
  readonly inputs: readonly FormInput[];
  readonly output: FormOutput;
}

export interface FormInput {
  readonly name: string;
  /** MLflow's column type, such as "double". */
  readonly type: string;
  readonly required: boolean;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  /** Step of the slider. */
  readonly step?: number;
  /** What the form starts with. */
  readonly default?: string | number | boolean;
  readonly choices?: readonly (string | number)[];
}

export interface FormOutput {
  readonly label: string;
  readonly unit?: string;
  /** Worst answer. */
  readonly min?: number;
  /** Best answer. */
  readonly max?: number;
}
