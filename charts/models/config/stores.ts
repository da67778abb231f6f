/** The schema of `modelStores` in platform.yaml. */
import * as z from 'zod';
import { flag, objectName, port } from '../../../config/fields';

export const modelStoresSchema = z
  .record(
    z.string().regex(/^(?!(?:s3|pvc|models|runs)$)[a-z][a-z0-9]{0,31}$/, {
      error: 'must be a name of lower-case letters and digits, such as "gs"',
    }),
    z.strictObject({
      secret: objectName('gcs-models').describe(
        "Secret in the models' namespace with the variables RCLONE_CONFIG_<NAME>_… that configure rclone for it",
      ),
      anonymous: flag(false)
        .meta({ examples: [true] })
        .describe('For public files, which are read without the credentials of the Secret'),
      port: port(443).default(443).describe('Port that it is reached by, at any address'),
    }),
  )
  .default({})
  .meta({ examples: [{ gs: { secret: 'gcs-models' } }] })
  .describe('Further places that models are fetched from: <name>://… is the rclone remote of that name');
