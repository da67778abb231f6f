/** The schema of `mlflow` in platform.yaml. */
import { z } from 'zod';
import { count, hostName } from '../../config/fields';
import { resources } from '../../config/resources';
import { workloadFields } from '../../config/workload';

export const mlflowSchema = z
  .strictObject({
    host: hostName('mlflow.example.com')
      .optional()
      .describe('A further host name that users reach the server by, such as an ingress host'),
    replicas: count(1, 10, 2).default(1).describe('Pods of the tracking server'),
    workers: count(1, 32, 4).default(1).describe('Processes that serve requests in each pod, about 300Mi each'),
    resources: resources({ cpu: ['100m', '2'], memory: ['640Mi', '2Gi'], scratch: ['256Mi', '5Gi'] }),
    ...workloadFields,
  })
  .prefault({})
  .describe('MLflow, the tracking server and model registry');
