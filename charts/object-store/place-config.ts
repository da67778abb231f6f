/** A bucket that the platform does not run, and how it is reached: its fields, and their rules. */
import * as z from 'zod';
import { address, bucketName, cidr, flag, matching, oneOf, port } from '../../config/fields';
import type { Fault } from '../../config/problems';
import { authorityField } from '../certificates/authority-config';
import type { PlaceSettings } from './place';

const ORIGIN = /^https?:\/\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[1-9]\d{0,4})?$/;

const reached = z
  .strictObject({
    cidr: cidr('169.254.170.23/32').describe('A range of addresses; one address ends in /32'),
    port: port(80).describe('The port'),
  })
  .meta({ examples: [{ cidr: '169.254.170.23/32', port: 80 }] });

export const placeFields = {
  endpoint: address(
    ORIGIN,
    255,
    'an http or https address without a path, and without the bucket',
    'https://s3.eu-central-1.amazonaws.com',
  ).describe('The address of the S3 API, without the bucket'),
  provider: oneOf(['AWS', 'GCS', 'Other'], 'AWS')
    .default('Other')
    .describe('Whose S3 API it is, since none is quite like another'),
  region: matching(/^[a-z0-9-]+$/, 63, 'a region of lower-case letters, digits and "-"', 'eu-central-1')
    .default('us-east-1')
    .describe('The region, which signatures have in them'),
  pathStyle: flag(false).describe(
    'Whether the bucket stands in the path of an address, as most stores of one host need it; in its host otherwise',
  ),
  authority: authorityField('store-ca').describe(
    "Who has signed the server's certificate, in every namespace that calls it; the public authorities where absent",
  ),
  cidrs: z
    .array(cidr('10.20.0.0/16'), { error: 'must be a list' })
    .default([])
    .meta({ examples: [['10.20.0.0/16']] })
    .describe('Addresses that it may have; any address, at its port, where empty'),
  credentials: oneOf(['keys', 'identity'], 'identity')
    .default('keys')
    .describe(
      'keys that you give to "npm run secrets", or none: the cloud knows pods by their ServiceAccount (identity)',
    ),
  identityEgress: z
    .array(reached, { error: 'must be a list' })
    .default([])
    .meta({ examples: [[{ cidr: '169.254.170.23/32', port: 80 }]] })
    .describe('Where pods get the credentials of their identity, beside the addresses of the store'),
} as const;

export const mirrorBucket = bucketName('models-mirror');

/** Faults of one place, whose bucket has that name. */
export function placeFaults(place: PlaceSettings, bucket: string): Fault[] {
  const faults: Fault[] = [];
  const host = new URL(place.endpoint).hostname;
  if (place.authority && place.endpoint.startsWith('http:')) {
    faults.push({ path: ['authority'], message: 'is for https, and endpoint is http; remove one or change the other' });
  }
  if (host.startsWith(`${bucket}.`)) {
    const message = `has the bucket ${bucket} in its host; leave it out, such as "${place.endpoint.replace(`${bucket}.`, '')}"`;
    faults.push({ path: ['endpoint'], message });
  }
  if (!place.pathStyle && (/^[\d.]+$/.test(host) || !host.includes('.'))) {
    const message = `is false, and ${bucket}.${host} is a host that nobody has; make it true`;
    faults.push({ path: ['pathStyle'], message });
  }
  if (!place.pathStyle && place.endpoint.startsWith('https:') && bucket.includes('.')) {
    const message = `is false, and no certificate is for ${bucket}.${host}, since its first part may have no dot; make it true, or choose a bucket without one`;
    faults.push({ path: ['pathStyle'], message });
  }
  if (place.credentials === 'identity' && place.provider === 'GCS') {
    const message = "is identity, and the S3 interface of GCS takes no tokens; make it keys, of Google's HMAC keys";
    faults.push({ path: ['credentials'], message });
  }
  if (place.credentials === 'keys' && place.identityEgress.length > 0) {
    faults.push({ path: ['identityEgress'], message: 'is for credentials: identity, and they are keys; remove it' });
  }
  return faults;
}
