/** A model of 3 GiB: what it may take of the disk follows from its size, and a size that is not said is noticed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { same } from '../../cluster/checks';
import { finished, run } from '../../cluster/commands';
import type { Pod } from '../../cluster/objects';
import { close, documentedRequest, predictionOf } from '../../software/predictions';
import { renderAndApply, whileChanged } from '../follow';
import type { RunningPlatform } from '../running-platform';
import { noticed } from '../troubleshooting';

const NAME = 'large';
const PLACE = 'models/field/large';
const SELECTOR = `seldon-deployment-id=${NAME}`;
const GIB = 2 ** 30;
/** The kubelet measures every minute what volumes take, and evicts at once who takes too much. */
const LOOKS = 90_000;

/** A wine model, and weights beside it that nobody reads. */
export async function publish(platform: RunningPlatform): Promise<string> {
  const { work } = platform.props;
  return platform.forward('minio-system', 'svc/minio', '9000', async () => {
    const file = join(work, 'weights.bin');
    finished(run('sh', ['-c', `head -c ${3 * GIB} /dev/urandom >'${file}'`], work));
    finished(await platform.mc('cp', '--recursive', 'root/models/wine/mlflow-wine/1/', `root/${PLACE}/`));
    finished(await platform.mc('mv', file, `root/${PLACE}/weights.bin`));
    return `3 GiB at s3://${PLACE}`;
  });
}

export function largeModelServed(platform: RunningPlatform): Promise<string> {
  return whileServed(platform, 'size: 3100Mi', async () => {
    await platform.modelsAvailable();
    const before = await pods(platform);
    const [pod] = before;
    const bytes = Number(
      await platform.exec('ml-models', pod?.metadata.name ?? '', 'sh', '-c', 'du -sb /mnt/models | cut -f1'),
    );
    if (bytes < 3 * GIB) throw new Error(`the model has ${bytes} bytes`);
    await sleep(LOOKS);
    same(
      (await pods(platform)).map(({ metadata }) => metadata.uid),
      before.map(({ metadata }) => metadata.uid),
    );
    return platform.forward('ml-models', `svc/${NAME}-default`, '8000', async () => {
      const answer = await predictionOf(
        'http://localhost:8000/v2/models/classifier/infer',
        documentedRequest(platform.props.project),
      );
      return `${close(answer, platform.expected('mlflow-wine'))}, with ${bytes} bytes of files, not evicted in ${LOOKS / 1000} s`;
    });
  });
}

/** The same without its size: the kubelet takes its pods away, and the troubleshooting says why. */
export function unknownSizeNoticed(platform: RunningPlatform): Promise<string> {
  return whileServed(platform, '', () => noticed(platform, 'ml-models', SELECTOR, /\bEvicted\b/));
}

async function pods({ props }: RunningPlatform): Promise<readonly Pod[]> {
  return (await props.cluster.get<{ items: readonly Pod[] }>('-n', 'ml-models', 'pods', '-l', SELECTOR)).items;
}

async function whileServed(platform: RunningPlatform, size: string, body: () => Promise<string>): Promise<string> {
  const { repository } = platform.props;
  const said = await whileChanged(platform, async () => {
    const file = join(repository.environment(), 'models', `${NAME}.yaml`);
    writeFileSync(file, `server: MLFLOW_SERVER\nuri: s3://${PLACE}\n${size}\n`);
    await renderAndApply(platform, '10-setup', '50-models');
    try {
      return await body();
    } finally {
      await platform.kubectl('delete', 'sdep', '-n', 'ml-models', NAME);
      await platform.kubectl('delete', 'pods', '-n', 'ml-models', '-l', SELECTOR);
    }
  });
  await renderAndApply(platform, '10-setup');
  return said;
}
