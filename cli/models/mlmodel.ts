/** Reads MLmodel, the file by which MLflow describes a saved model. */
import { load } from 'js-yaml';
import * as z from 'zod';
import type { Signature, SignatureColumn } from '../../charts/models/lock';

const savedColumn = z.object({
  name: z.string().optional(),
  type: z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]),
  required: z.boolean().optional(),
  /** MLflow before 2.6 wrote this instead. */
  optional: z.boolean().optional(),
  'tensor-spec': z.object({ dtype: z.string(), shape: z.array(z.number()) }).optional(),
});
/** MLflow writes the columns as JSON inside the YAML. */
const savedColumns = z
  .string()
  .nullish()
  .transform((text) => z.array(savedColumn).parse(text ? JSON.parse(text) : []));

const mlmodel = z.object({
  run_id: z.string().optional(),
  model_id: z.string().optional(),
  flavors: z.record(z.string(), z.unknown()).default({}),
  signature: z.object({ inputs: savedColumns, outputs: savedColumns }).nullish(),
  saved_input_example_info: z.object({ artifact_path: z.string(), type: z.string() }).nullish(),
});

export interface Mlmodel {
  readonly run?: string;
  readonly logged?: string;
  readonly flavors: readonly string[];
  readonly signature?: Signature;
  /** The file with the input example, where that is a table. */
  readonly example?: string;
}

/** @throws Error when the text is no MLmodel file */
export function parseMlmodel(text: string): Mlmodel {
  const { run_id, model_id, flavors, signature, saved_input_example_info: example } = mlmodel.parse(load(text));
  return {
    ...(run_id ? { run: run_id } : {}),
    ...(model_id ? { logged: model_id } : {}),
    flavors: Object.keys(flavors),
    ...(signature ? { signature: { inputs: columns(signature.inputs), outputs: columns(signature.outputs) } } : {}),
    ...(example?.type === 'dataframe' ? { example: example.artifact_path } : {}),
  };
}

function columns(saved: z.output<typeof savedColumns>): SignatureColumn[] {
  return saved.map(({ name, type, required, optional, 'tensor-spec': tensor }) => ({
    ...(name === undefined ? {} : { name }),
    ...(tensor ? { type: tensor.dtype, shape: tensor.shape } : { type }),
    required: required ?? !optional,
  }));
}

const table = z.object({ columns: z.array(z.string()), data: z.array(z.array(z.unknown())).min(1) });

/** A signature whose columns carry the values of the first row of the input example, as pandas writes it ("split"). */
export function withExample(signature: Signature, text: string): Signature {
  const { columns: names, data } = table.parse(JSON.parse(text));
  const row = new Map(names.map((name, index) => [name, data[0]?.[index]]));
  const inputs = signature.inputs.map((column) => {
    const example = column.name === undefined ? undefined : row.get(column.name);
    return typeof example === 'number' || typeof example === 'string' || typeof example === 'boolean'
      ? { ...column, example }
      : column;
  });
  return { ...signature, inputs };
}
