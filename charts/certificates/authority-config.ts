/** The schema of an authority that a server's certificate is checked by, wherever a setting names one. */
import * as z from 'zod';
import { matching, objectName } from '../../config/fields';
import { rules } from '../../config/rules';

/** @param example the name of an object that might have it */
export const authorityField = (example: string) =>
  z
    .strictObject({
      configMap: objectName(example).optional().describe('A ConfigMap that has it'),
      secret: objectName(example).optional().describe('A Secret that has it'),
      key: matching(/^[-._a-zA-Z0-9]+$/, 253, 'a key of letters, digits, "-", "_" or "."', 'ca.crt')
        .default('ca.crt')
        .describe('The key, whose value is PEM text'),
    })
    .superRefine(
      rules(({ configMap, secret }) =>
        (configMap === undefined) === (secret === undefined)
          ? [{ path: [], message: `must name one object, such as {"configMap": "${example}", "key": "ca.crt"}` }]
          : [],
      ),
    )
    .optional()
    .meta({ examples: [{ configMap: example }] });
