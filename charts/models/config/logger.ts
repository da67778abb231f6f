/** The schema of `logger`, and its rules. */
import * as z from 'zod';
import { httpUrl, oneOf } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import { logPlaces } from '../logging';
import { nodesOf } from '../node';
import type { Node, Predictor } from './complete';

export const logger = z
  .strictObject({
    mode: oneOf(['request', 'response', 'all'], 'request').default('request').describe('What is logged'),
    url: httpUrl('http://broker.logging.svc:8080/')
      .optional()
      .describe('Where the executor posts CloudEvents; the log of the platform (requestLog) where absent'),
  })
  .optional()
  .describe('Logs requests and responses, by the executor; in a graph at the nodes that are asked what callers ask');

interface Logging {
  readonly logger?: z.output<typeof logger>;
  readonly detector?: object;
  readonly predictors: readonly { readonly logger?: z.output<typeof logger> }[];
}

/** What is wrong with the loggers of a model, of its predictors and of their nodes. */
export function loggerFaults(model: Logging, predictors: readonly Predictor[]): Fault[] {
  return [
    ...predictors.flatMap(({ graph }) => nodesOf(graph)).flatMap(twiceFaults),
    ...predictors.flatMap((predictor, index) => placeFaults(model, predictor, model.predictors[index]?.logger)),
  ];
}

function twiceFaults({ logger, children, path }: Node): Fault[] {
  if (!logger || children.length === 0) return [];
  const message =
    'reports each request twice, since the node has children; log at a node without, or set the logger of the model';
  return [{ path: [...path, 'logger'], message }];
}

/** Graphs in which no node reports each request once, or none that the logger or the detector may have. */
function placeFaults({ logger, detector }: Logging, { graph, path }: Predictor, own: Logging['logger']): Fault[] {
  const faults: Fault[] = [];
  const wanted = own ?? logger;
  const changed = 'but a node changes requests or answers before a node without children sees them';
  if (wanted && logPlaces(graph, wanted.mode).length === 0) {
    faults.push({
      path: [...(own ? path : []), 'logger'],
      message: `logs what callers ask and get, ${changed}; set a logger at the nodes without children that are to report`,
    });
  }
  if (!detector) return faults;
  const watched = logPlaces(graph, 'request');
  if (watched.length === 0) {
    faults.push({
      path: ['detector'],
      message: `judges what callers ask, ${changed}; make the change a part of the model, or remove the detector`,
    });
  }
  // The model's own logger beside a detector is refused as such.
  for (const node of watched) {
    if (node.logger && node.logger !== logger) {
      faults.push({
        path: [...node.path, 'logger'],
        message: 'stands where the detector is sent requests, and a node has one logger; remove one of the two',
      });
    }
  }
  return faults;
}
