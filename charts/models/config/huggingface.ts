/** The rules on HUGGINGFACE_SERVER: what MLServer's runtime needs before it loads anything. */
import type { Fault } from '../../../config/problems';
import type { EgressProps } from '../egress';
import type { Node } from './complete';

/**
 * Source: get_huggingface_settings in mlserver_huggingface/settings.py and load_pipeline_from_settings in common.py,
 * MLServer 1.7.1.
 */
export function huggingfaceFaults(node: Node, egress: EgressProps): Fault[] {
  if (node.server !== 'HUGGINGFACE_SERVER') return [];
  return [...taskFaults(node), ...hubFaults(node, egress)];
}

/**
 * The server stops with MissingHuggingFaceSettings or InvalidTransformersTask where neither a parameter nor
 * model-settings.json beside the model says the task. A parameter holds in both cases.
 */
function taskFaults({ parameters, path }: Node): Fault[] {
  if (typeof parameters.task === 'string' && parameters.task !== '') return [];
  const message = 'need task for HUGGINGFACE_SERVER, the pipeline of transformers, such as {task: text-classification}';
  return [{ path: [...path, 'parameters'], message }];
}

/** What is fetched from a hub needs a way there. */
function hubFaults({ uri, parameters, path }: Node, { internet, namespaces, cidrs }: EgressProps): Fault[] {
  if (internet || namespaces.length > 0 || cidrs.length > 0) return [];
  const name = ['pretrained_model', 'pretrained_tokenizer'].find((field) => isHubName(parameters[field]));
  if (uri !== undefined && name === undefined) return [];
  const what = name === undefined ? 'name no model, so that one' : `name ${parameters[name]} (${name}), which`;
  const mend = 'set egress: {internet: true}, or save the model to the bucket and give its uri';
  return [
    { path: [...path, 'parameters'], message: `${what} is fetched from a hub, and its pods reach none; ${mend}` },
  ];
}

/** A name such as "distilbert-base-uncased", and no folder. */
const isHubName = (value: unknown) => typeof value === 'string' && !value.startsWith('/');
