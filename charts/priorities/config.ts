/** The schema of `priorities` in platform.yaml. */
import * as z from 'zod';
import { flag } from '../../config/fields';

export const prioritiesSchema = z
  .strictObject({
    enabled: flag(false).describe(
      'Makes three PriorityClasses, called after the environment: data before serving before batch; every pod without a priorityClassName of its own is in one',
    ),
  })
  .prefault({})
  .describe('Which pods a full cluster keeps');
