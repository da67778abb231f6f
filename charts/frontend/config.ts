/** The schema of `frontend` in platform.yaml. */
import { z } from 'zod';
import { flag, serviceName } from '../../config/fields';
import { resources } from '../../config/resources';

export const frontendSchema = z
  .strictObject({
    enabled: flag(true).describe('Deploys the front end'),
    model: serviceName('mlflow-wine')
      .default('mlflow-wine')
      .describe('Name of the model it calls, one of the environment'),
    resources: resources({ cpu: ['50m', '500m'], memory: ['128Mi', '512Mi'], scratch: ['64Mi', '256Mi'] }),
  })
  .prefault({})
  .describe('The Streamlit front end');
