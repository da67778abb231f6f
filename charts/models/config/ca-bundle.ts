/** The schema of `caBundle`. */
import * as z from 'zod';
import { objectName, text } from '../../../config/fields';

export const caBundle = z
  .strictObject({
    configMap: objectName('company-ca').optional().describe("A ConfigMap of the models' namespace"),
    secret: objectName('company-ca').optional().describe("A Secret of the models' namespace"),
    key: text('ca.crt')
      .regex(/^[-._a-zA-Z0-9]{1,253}$/, { error: 'must be a key of letters, digits, "-", "_" or "."' })
      .default('ca.crt')
      .describe('Its key with the certificates, in PEM'),
  })
  .refine(({ configMap, secret }) => (configMap === undefined) !== (secret === undefined), {
    error: 'must name one of configMap and secret',
  })
  .optional()
  .meta({ examples: [{ configMap: 'company-ca', key: 'ca.crt' }] })
  .describe(
    'The authorities that the model, and what fetches its files, trust in place of the public ones; a bundle holds these as well where they are needed',
  );
