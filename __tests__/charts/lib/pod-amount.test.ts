/** What a pod asks for, of what its containers ask for. */
import { podAmount } from '../../../charts/lib/pod-amount';

const asks = (amount: number, restartPolicy?: string) => ({ amount, restartPolicy });
const sidecar = (amount: number) => asks(amount, 'Always');

test.each([
  ['its containers together', [asks(2), asks(3)], [], 5],
  ['its largest init container, where that is more', [asks(2)], [asks(1), asks(4)], 4],
  ['its containers and its sidecars together', [asks(2)], [asks(1), sidecar(3)], 5],
  ['an init container and the sidecars before it, where that is more', [asks(1)], [sidecar(3), asks(4), sidecar(1)], 7],
])('a pod asks for %s', (_, containers, initContainers, most) => {
  expect(podAmount({ containers, initContainers }, ({ amount }) => amount)).toBe(most);
});
