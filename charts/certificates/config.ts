/** The schema of `certificates` in platform.yaml: who signs the certificates of servers within the platform. */
import * as z from 'zod';
import { dnsLabel, objectName, oneOf } from '../../config/fields';

const NAMESPACE = 'cert-manager';

export const certificatesSchema = z
  .strictObject({
    kind: oneOf(['none', 'own', 'issuer'], 'own')
      .default('none')
      .describe(
        'Who signs: nobody, so that no server speaks TLS; an authority that cert-manager makes for the platform (own); or an issuer that the cluster has (issuer)',
      ),
    name: objectName('ml-platform')
      .default('ml-platform')
      .describe(
        'The ClusterIssuer: its name if it is made, or that of one which is there and gives its authority with each certificate, as CA and Vault do and ACME does not',
      ),
    certManagerNamespace: dnsLabel(NAMESPACE)
      .default(NAMESPACE)
      .describe("Where cert-manager keeps the Secrets of ClusterIssuers, its --cluster-resource-namespace; for 'own'"),
  })
  .prefault({})
  .describe('Certificates of servers within the platform, made by cert-manager');
