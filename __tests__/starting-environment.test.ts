/** What holds for the environment that a new repository starts with, and need not for anybody else's. */
import { capacityOf, sum } from '../charts/rendering/capacity';
import { startingEnvironment } from './support/environments';
import { objectsOf } from './support/platform';

test('asks for no more than 2 CPUs and 4 GiB, which "minikube start" gives', () => {
  const { cpu, memory } = sum(objectsOf(startingEnvironment()).map(capacityOf));
  expect(cpu).toBeLessThanOrEqual(2);
  expect(memory).toBeLessThanOrEqual(4 * 2 ** 30);
});
