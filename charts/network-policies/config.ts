/** The schema of `networkPolicies` in platform.yaml. */
import * as z from 'zod';
import { cidr, dnsLabel, flag, labels, port } from '../../config/fields';
import { DNS_ADDRESSES, DNS_PODS } from './dns';

const clients = z
  .array(dnsLabel('team-a'))
  .default([])
  .meta({ examples: [['team-a']] });

const dns = z
  .strictObject({
    pods: z
      .array(
        z
          .strictObject({
            namespace: dnsLabel('kube-system').describe('Their namespace'),
            labels: labels('k8s-app', 'kube-dns')
              .refine((chosen) => Object.keys(chosen).length > 0, { error: 'must have at least one label' })
              .describe('Labels that all of them have'),
            port: port(53).default(53).describe('Port of the pods, which may differ from that of their Service'),
          })
          .meta({ examples: [{ namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }] }),
      )
      .default([...DNS_PODS])
      .meta({ examples: [[{ namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }]] })
      .describe('Pods that answer; a list replaces the one of common distributions'),
    cidrs: z
      .array(cidr('169.254.20.10/32'))
      .default([...DNS_ADDRESSES])
      .meta({ examples: [['169.254.20.10/32']] })
      .describe('Addresses that answer on port 53, where it runs on the node; a list replaces the common ones'),
  })
  .prefault({})
  .describe('Whom pods may ask for names');

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
        callers: z
          .array(cidr('10.244.0.0/16'))
          .optional()
          .meta({ examples: [['10.244.0.0/16']] })
          .describe(
            'Addresses that its calls to the webhook come from: under an overlay network those of nodes or tunnels; cidrs where absent, any address where empty',
          ),
        ports: z
          .array(port(8443))
          .min(1, { error: 'must name at least one port' })
          .default([443, 6443, 8443])
          .meta({ examples: [[6443]] })
          .describe('Ports it listens on behind the kubernetes Service; minikube uses 8443, kubeadm 6443'),
      })
      .prefault({})
      .describe('How pods reach the API server'),
    dns,
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
