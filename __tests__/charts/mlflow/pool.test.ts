/** The connections that MLflow asks of its database. */
import { connectionPool, leastConnections } from '../../../charts/mlflow/pool';

test.each([
  [{ replicas: 1, workers: 1 }, 92, { size: 5, overflow: 10 }],
  [{ replicas: 1, workers: 4 }, 92, { size: 4, overflow: 1 }],
  [{ replicas: 3, workers: 4 }, 192, { size: 5, overflow: 1 }],
  [{ replicas: 3, workers: 4 }, 128, { size: 3, overflow: 1 }],
  // Three pools of each worker, and one of the process that starts them.
  [{ replicas: 1, workers: 2, users: true }, 92, { size: 5, overflow: 1 }],
])('%j may have %d connections', (workers, connections, pool) => {
  expect(connectionPool(workers, connections)).toEqual(pool);
});

test('all pools together never exceed what there is, while one pod more runs', () => {
  for (let replicas = 1; replicas <= 10; replicas++) {
    for (let workers = 1; workers <= 32; workers++) {
      const least = leastConnections({ replicas, workers });
      for (const connections of [least, least + 1, 2 * least, 2000]) {
        if (connections < least) continue;
        const { size, overflow } = connectionPool({ replicas, workers }, connections);
        expect((size + overflow) * 2 * workers * (replicas + 1)).toBeLessThanOrEqual(connections);
        // Of 0 MLflow makes 10.
        expect(Math.min(size, overflow)).toBeGreaterThan(0);
      }
    }
  }
});
