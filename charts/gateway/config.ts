/** The schema of `gateway` in platform.yaml. */
import { z } from 'zod';
import { dnsLabel, flag, hostName } from '../../config/fields';

export const gatewaySchema = z
  .strictObject({
    enabled: flag(false).describe('Makes an HTTPRoute for each model, which divides its traffic'),
    name: dnsLabel('public').default('public').describe('The Gateway'),
    namespace: dnsLabel('gateways')
      .default('gateways')
      .describe('Its namespace, and that of its pods, which call the models'),
    hostnames: z
      .array(hostName('models.example.com'))
      .default([])
      .meta({ examples: [['models.example.com']] })
      .describe('Host names that models are reached by; any where empty'),
  })
  .prefault({})
  .describe('Gateway API, whose types must be installed');
