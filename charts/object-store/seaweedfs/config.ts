/** The fields of a SeaweedFS store, and its rules. */
import * as z from 'zod';
import { count } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import { resources, storage } from '../../../config/resources';
import { metadataFaults } from './metadata';

export const seaweedfsFields = {
  copies: count(2, 3, 2).default(2).describe('Servers that have each object'),
  servers: count(3, 64, 3).default(3).describe('Servers that hold objects, each with a volume'),
  storage: storage('20Gi').describe('The volume of each server'),
  gateways: z
    .strictObject({
      replicas: count(2, 16, 2).default(2).describe('Pods that speak S3'),
      resources: resources({ cpu: ['100m', '1'], memory: ['192Mi', '1Gi'], scratch: ['64Mi', '1Gi'] }),
    })
    .prefault({})
    .describe('What speaks S3, and knows which object is where'),
  masters: z
    .strictObject({
      resources: resources({ cpu: ['50m', '500m'], memory: ['96Mi', '256Mi'], scratch: ['16Mi', '256Mi'] }),
      storage: storage('1Gi'),
    })
    .prefault({})
    .describe('Three masters, which place objects on servers'),
  metadata: z
    .strictObject({
      resources: resources({ cpu: ['50m', '1'], memory: ['128Mi', '1Gi'], scratch: ['16Mi', '256Mi'] }),
      storage: storage('8Gi'),
    })
    .prefault({})
    .describe('Three servers of etcd, which hold the names of objects: in somewhat less than half of their volume'),
  resources: resources({ cpu: ['100m', '1'], memory: ['192Mi', '1Gi'], scratch: ['64Mi', '1Gi'] }),
} as const;

interface Settings {
  readonly copies: number;
  readonly servers: number;
  readonly metadata: { readonly storage: { readonly size: string } };
}

export const seaweedfsFaults = (settings: Settings): Fault[] => [
  ...serverFaults(settings),
  ...metadataFaults(settings.metadata),
];

function serverFaults({ copies, servers }: Settings): Fault[] {
  if (servers > copies) return [];
  const message = `is ${servers}, so that nothing could be written with copies: ${copies} while one of them is down; make it at least ${copies + 1}`;
  return [{ path: ['servers'], message }];
}
