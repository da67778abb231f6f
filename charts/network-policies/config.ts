/** The schema of `networkPolicies` in platform.yaml. */
import { z } from 'zod';
import { cidr, dnsLabel, flag, port } from '../../config/fields';

const clients = z
  .array(dnsLabel('team-a'))
  .default([])
  .meta({ examples: [['team-a']] });

export const networkPoliciesSchema = z
  .strictObject({
    enabled: flag(true).describe('Renders the policies; a cluster without a policy engine ignores them'),
    apiServer: z
      .strictObject({
        cidrs: z
          .array(cidr('192.168.49.2/32'))
          .default([])
          .meta({ examples: [['192.168.49.2/32']] })
          .describe('Addresses of the API server; any address where empty, since no selector finds it'),
        ports: z
          .array(port(8443))
          .min(1, { error: 'must name at least one port' })
          .default([443, 6443, 8443])
          .meta({ examples: [[6443]] })
          .describe('Ports it listens on behind the kubernetes Service; minikube uses 8443, kubeadm 6443'),
      })
      .prefault({})
      .describe('How pods reach the API server'),
    clients: z
      .strictObject({
        mlflow: clients.describe('Namespaces whose pods may call MLflow'),
        models: clients.describe('Namespaces whose pods may call the models'),
      })
      .prefault({})
      .describe('Callers outside the platform; a port-forward needs no entry'),
  })
  .prefault({})
  .describe('NetworkPolicies: everything is denied except what the platform itself needs');
