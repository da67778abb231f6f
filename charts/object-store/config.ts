/** The schema of `objectStore` in platform.yaml. */
import { z } from 'zod';
import { bucketName, flag } from '../../config/fields';
import { resources, storage } from '../../config/resources';
import { workloadFields } from '../../config/workload';

export const objectStoreSchema = z
  .strictObject({
    bucket: bucketName('models').default('models').describe('The bucket of models and MLflow artifacts'),
    storage: storage('20Gi'),
    console: flag(true).describe('Serves the web console on port 9001; it is reached by port-forward only'),
    resources: resources({ cpu: ['100m', '1'], memory: ['256Mi', '1Gi'], scratch: ['64Mi', '1Gi'] }),
    ...workloadFields,
  })
  .prefault({})
  .describe('The MinIO-compatible object store');
