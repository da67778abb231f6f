/** What is told of rendered objects besides their text: in summaries, in the picture, and to later runs. */
import { imagesOf } from '../images/references';
import { scrapedOf } from '../monitoring/series';
import { workloadOf } from '../picture/workloads';
import { statefulOf } from '../upgrades/stateful';
import { capacityOf, sum } from './capacity';
import type { Content } from './memory';

export const contentOf = (objects: readonly unknown[]): Content => ({
  objects: objects.length,
  capacity: sum(objects.map(capacityOf)),
  workloads: objects.flatMap(workloadOf),
  scraped: scrapedOf(objects),
  images: [...new Set(objects.flatMap(imagesOf))],
  stateful: objects.flatMap(statefulOf),
});
