/** What the users of a model see. */
import type { Context } from '../context';

/** What the users of a model see. */
export async function frontend(context: Context): Promise<void> {
  await context.serve('mlflow-wine', context.node.manifests);
  await context.checks.check('the front end is ready', () => context.start('fe', 'fe-deployment'));
  await context.checks.check("Predict, clicked in Chromium, shows the model's own number", async () => {
    return context.browse('--expect', context.expected('mlflow-wine', 'wine').toFixed(2));
  });
  await context.checks.check('the front end says that the model is down', async () => {
    await context.pod('mlflow-wine').stop();
    try {
      context.browse('--timeout', '20');
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
