/** The schema of `training` in platform.yaml. */
import * as z from 'zod';
import { flag, httpUrl } from '../../config/fields';
import { resources } from '../../config/resources';
import { workloadFields } from '../../config/workload';

export const trainingSchema = z
  .strictObject({
    enabled: flag(false).describe('Renders a Job that trains the wine models in the cluster'),
    data: httpUrl('https://data.example.com/winequality-red.csv')
      .default('https://archive.ics.uci.edu/ml/machine-learning-databases/wine-quality/winequality-red.csv')
      .describe('Where the data is'),
    verify: flag(true).describe('Refuses data whose checksum is not that of the UCI wine data'),
    resources: resources({ cpu: ['250m', '2'], memory: ['512Mi', '2Gi'], scratch: ['256Mi', '2Gi'] }),
    ...workloadFields,
  })
  .prefault({})
  .describe('The wine example, trained in the cluster');
