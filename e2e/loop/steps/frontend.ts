/** What the users of a model see. */
import type { Loop } from '../loop';

/** What the users of a model see. */
export async function frontend(loop: Loop): Promise<void> {
  await loop.serve('mlflow-wine', loop.host.manifests);
  await loop.checks.check('the front end is ready', () => loop.start('fe', 'fe-deployment'));
  await loop.checks.check("Predict, clicked in Chromium, shows the model's own number", async () => {
    return loop.browse('--expect', loop.expected('mlflow-wine', 'wine').toFixed(2));
  });
  await loop.checks.check('the front end says that the model is down', async () => {
    await loop.pod('mlflow-wine').stop();
    try {
      loop.browse('--timeout', '20');
    } catch (error) {
      return (
        String(error)
          .split('\n')
          .find((line) => line.includes('cannot be reached')) ?? Promise.reject(error)
      );
    }
    throw new Error('it showed a number');
  });
}
