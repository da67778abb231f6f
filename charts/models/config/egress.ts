/** The schema of `egress`: whom pods may call, beyond what the platform itself opens. */
import * as z from 'zod';
import { cidr, dnsLabel, flag, port } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import { section } from '../../../config/section';
import type { EgressProps } from '../egress';
import type { Path } from './complete';

const ports = (example: number) =>
  z
    .array(port(example), { error: 'must be a list of port numbers' })
    .min(1, { error: 'must name at least one port' })
    .default([443])
    .meta({ examples: [[example]] });

const namespace = z
  .strictObject({
    name: dnsLabel('feature-store').describe('A namespace outside the platform, any pod of it'),
    ports: ports(6566).describe('Ports of its pods, which may differ from those of its Services'),
  })
  .meta({ examples: [{ name: 'feature-store', ports: [6566] }] });

const range = z
  .strictObject({
    cidr: cidr('10.20.0.0/16').describe('A range of addresses; one address ends in /32, or /128 for IPv6'),
    ports: ports(5432).describe('Ports of these addresses'),
  })
  .meta({ examples: [{ cidr: '10.20.0.0/16', ports: [5432] }] });

export const egress = section(
  z.strictObject({
    internet: flag(false)
      .meta({ examples: [true] })
      .describe('Port 443 of every public address, such as a model hub; not of private ranges, where clusters are'),
    namespaces: z
      .array(namespace, { error: 'must be a list' })
      .default([])
      .meta({ examples: [[{ name: 'feature-store', ports: [6566] }]] })
      .describe('Namespaces of the cluster'),
    cidrs: z
      .array(range, { error: 'must be a list' })
      .default([])
      .meta({ examples: [[{ cidr: '10.20.0.0/16', ports: [5432] }]] })
      .describe('Addresses, such as those of a database outside the cluster'),
  }),
)
  .meta({ examples: [{ internet: true }] })
  .describe('Whom its pods may call; all else is denied, but for what the platform needs');

/**
 * Namespaces that let nobody in: those of the platform deny what no component has declared.
 * @param path where the egress stands in the file
 */
export function closedNamespaceFaults(path: Path, egress: EgressProps | undefined, closed: readonly string[]): Fault[] {
  return (egress?.namespaces ?? []).flatMap(({ name }, index) =>
    closed.includes(name)
      ? [
          {
            path: [...path, 'namespaces', index, 'name'],
            message: `is ${name}, a namespace of the platform, whose policies let no model in; name one of your own`,
          },
        ]
      : [],
  );
}
