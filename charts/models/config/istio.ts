/** The schema of `istio`, and its rule. */
import * as z from 'zod';
import { count, hostName, matching } from '../../../config/fields';
import { rules } from '../../../config/rules';

/** The gateway by which Istio names every sidecar of the mesh. */
const MESH = 'mesh';

export const istio = z
  .strictObject({
    host: hostName('churn.example.com').optional().describe('Host name that the routes answer to; any where absent'),
    gateway: matching(
      /^(?:mesh|[a-z0-9][-a-z0-9]*\/[a-z0-9][-a-z0-9.]*)$/,
      253,
      'a Gateway as <namespace>/<name>, or mesh',
      'istio-system/public',
    )
      .optional()
      .describe('The Gateway in place of that of seldon.istio; mesh is for callers with a sidecar, and needs host'),
    retries: count(1, 10, 3).optional().describe('Further tries of a request that did not get through'),
    retryTimeout: count(1, 600, 10).optional().describe('Seconds that each try may take; 1 where absent'),
  })
  .superRefine(
    rules(({ gateway, host, retries, retryTimeout }) => [
      ...(gateway === MESH && host === undefined
        ? [{ path: ['gateway'], message: 'is mesh, where Istio takes no route for all hosts; say host' }]
        : []),
      ...(retryTimeout !== undefined && retries === undefined
        ? [{ path: ['retryTimeout'], message: 'stands without retries; add them or remove it' }]
        : []),
    ]),
  )
  .optional()
  .meta({ examples: [{ host: 'churn.example.com', retries: 3, retryTimeout: 10 }] })
  .describe('The routes that the operator makes for Istio; needs seldon.istio.enabled');
