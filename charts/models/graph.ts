/** The inference graph of a SeldonDeployment. */
import type { NodeProps } from './node';

export interface PredictiveUnit {
  readonly name: string;
  readonly children?: PredictiveUnit[];
}

/** @param secretOf the Secret by which files at a place are fetched */
export function graphSpec(root: NodeProps, secretOf: (uri: string) => string): PredictiveUnit {
  // The root has children even where there are none.
  return { children: [], ...unit(root, secretOf) };
}

function unit(node: NodeProps, secretOf: (uri: string) => string): PredictiveUnit {
  const { name, type, server, router, uri, logger, parameters, children } = node;
  const implementation = server ?? router;
  return {
    name,
    ...(type !== undefined && { type }),
    // A custom image has no implementation; without a type the operator takes it for a model.
    ...(implementation !== undefined && { implementation }),
    ...(server !== undefined && uri !== undefined && { modelUri: uri, envSecretRefName: secretOf(uri) }),
    ...(logger && { logger: { ...logger } }),
    ...(Object.keys(parameters).length > 0 && { parameters: Object.entries(parameters).map(parameter) }),
    // The type of the deepest level has no field for children.
    ...(children.length > 0 && { children: children.map((child) => unit(child, secretOf)) }),
  };
}

function parameter([name, value]: [string, string | number | boolean]) {
  return { name, value: String(value), type: parameterType(value) };
}

function parameterType(value: string | number | boolean): string {
  if (typeof value === 'string') return 'STRING';
  if (typeof value === 'boolean') return 'BOOL';
  return Number.isInteger(value) ? 'INT' : 'FLOAT';
}
