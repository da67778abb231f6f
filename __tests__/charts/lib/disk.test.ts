/** How large the empty folders of a pod may grow. */

import { limitScratch, podDisk } from '../../../charts/lib/disk';
import { k8s } from '../../../charts/lib/k8s';
import { scratchVolume } from '../../../charts/lib/volumes';

const limited = (...disks: (string | undefined)[]): k8s.Container[] =>
  disks.map((disk, index) => ({
    name: `c${index}`,
    resources: disk === undefined ? {} : { limits: { 'ephemeral-storage': k8s.Quantity.fromString(disk) } },
  }));

test.each([
  ['that of its only container, as it is written', limited('3000M'), [], '3000M'],
  ['those of its containers together', limited('1Gi', '512Mi'), [], '1536Mi'],
  ['that of its largest init container, where that is more', limited('1Gi'), limited('64Mi', '5Gi'), '5Gi'],
  ['that of its containers, where that is more', limited('4Gi', '4Gi'), limited('5Gi'), '8192Mi'],
  ['that of those which are limited', limited('1Gi', undefined), [], '1Gi'],
  ['nothing, where none is limited', limited(undefined), limited(undefined), undefined],
])('the disk of a pod is %s', (_, containers, init, disk) => {
  expect(podDisk(containers, init)).toBe(disk);
});

test('a folder on disk may grow to the disk of the pod; one in memory, or with a size of its own, stays as it is', () => {
  const memory = { name: 'memory', emptyDir: { medium: 'Memory' } };
  const own = scratchVolume('own', '7Mi');
  const secret = { name: 'secret', secret: { secretName: 's' } };
  expect(limitScratch([scratchVolume('open'), memory, own, secret], '5Gi')).toEqual([
    scratchVolume('open', '5Gi'),
    memory,
    own,
    secret,
  ]);
});
