/** The schema of `logging` in platform.yaml. */
import * as z from 'zod';
import { oneOf } from '../../config/fields';
import { LOG_LEVELS, type Logging } from '../lib/logging';

const level = (what: string) => oneOf(LOG_LEVELS, 'warning').optional().describe(`The least that ${what} logs`);

export const loggingSchema = z
  .strictObject({
    level: oneOf(LOG_LEVELS, 'warning')
      .optional()
      .describe('The least that is logged; as each component does by itself where absent'),
    format: oneOf(['text', 'json'], 'json')
      .default('text')
      .describe('Whether those components that can write lines of JSON do so'),
    levels: z
      .strictObject({
        postgresql: level('PostgreSQL'),
        mlflow: level('MLflow'),
        seldon: level("Seldon's operator"),
        models: level('the servers of models, executors and detectors'),
        frontend: level('the front end'),
        access: level('oauth2-proxy'),
        monitoring: level('Prometheus, Alertmanager and Grafana of the platform'),
      })
      .prefault({})
      .describe('Levels of components, in place of level'),
  })
  .prefault({})
  .describe('Logs');

type LoggingSettings = z.output<typeof loggingSchema>;

/** What one component logs. The object store has no levels. */
export const loggingOf = (
  { logging: { level, levels, format } }: { readonly logging: LoggingSettings },
  component: keyof LoggingSettings['levels'] | 'objectStore',
): Logging => ({
  level: (component === 'objectStore' ? undefined : levels[component]) ?? level,
  json: format === 'json',
});
