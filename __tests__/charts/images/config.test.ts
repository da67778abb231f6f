/** What the settings of images are refused for. */
import { platformRefuses } from '../../support/refusals';

platformRefuses({
  'a pull policy that there is not': [
    [
      'a pull policy in small letters',
      'images: {overrides: {mlflow: {pullPolicy: always}}}',
      'images.overrides.mlflow.pullPolicy: must be one of Always, IfNotPresent, Never, not "always", such as "IfNotPresent"',
    ],
  ],
});
