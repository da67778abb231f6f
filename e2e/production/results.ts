/** Where a run with production is told of, and what has run in it besides what runs in every one. */
import { moduleVersion, type Results } from '../node/results';
import { OTHER_RELEASE } from './images';
import type { ProductionProps } from './props';

export const resultsOf = ({ project, postgresql }: ProductionProps): Results => ({
  command: 'npm run e2e -- --environment production',
  file: 'e2e/production/RESULTS.md',
  versions: {
    'Argo Workflows': undefined,
    PostgreSQL: `${postgresql.major}, of Debian`,
    CloudNativePG: moduleVersion(project, 'github.com/cloudnative-pg/cloudnative-pg', 'kubernetes/cloudnativepg'),
    'its Barman Cloud plugin': moduleVersion(
      project,
      'github.com/cloudnative-pg/plugin-barman-cloud',
      'kubernetes/barman-plugin',
    ),
    'cert-manager': moduleVersion(project, 'github.com/cert-manager/cert-manager', 'kubernetes/cert-manager'),
    'MLflow, rolled to': OTHER_RELEASE,
  },
});
