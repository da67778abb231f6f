/** Entries of models.lock.yaml, as `models resolve` would write them. */

import { toYaml } from '../../charts/lib/yaml';
import { type LockEntry, seal } from '../../charts/models/lock';

/** An entry whose every value is its own. */
export function lockEntry(changes: Partial<LockEntry> = {}): LockEntry {
  return seal({
    uri: 'models:/churn@blue',
    artifacts: 's3://models/7/models/m-89ab/artifacts',
    digest: `sha256:${'a1'.repeat(32)}`,
    registered: { name: 'churn', version: '12' },
    run: '0123456789abcdef0123456789abcdef',
    signature: {
      inputs: [
        { name: 'tenure', type: 'long', required: true, example: 9 },
        { name: 'plan', type: 'string', required: false },
      ],
      outputs: [{ type: 'float64', shape: [-1], required: true }],
    },
    metrics: { auc: 0.75, 'f1 score': 0.5 },
    server: 'http://mlflow.example.com',
    registry: '2026-01-02T03:04:05.678Z',
    resolved: '2026-02-03T04:05:06.789Z',
    ...withoutChecksum(changes),
  });
}

const withoutChecksum = ({ checksum: _, ...entry }: Partial<LockEntry>) => entry;

/** The text of a lock. */
export const lockText = (models: Readonly<Record<string, LockEntry>>) => toYaml([{ models }]);
