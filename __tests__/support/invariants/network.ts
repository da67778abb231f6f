/** Services, addresses and webhooks: whoever is called is there. */
import { matches, nameOf } from '../cluster';
import { type Any, type Check, has, hasPort, isAccess, ofKind, perObject, stringsLike, when } from './cluster-view';

/** What a Service may say of the kind of its addresses, IPv4 or IPv6. "None" is the clusterIP of a headless one. */
const FAMILY_FIELDS = ['ipFamilies', 'ipFamilyPolicy', 'clusterIPs', 'externalIPs', 'loadBalancerIP'];

export const NETWORK = {
  'Services leave it to the cluster whether they have IPv4 or IPv6 addresses': (cluster) =>
    ofKind(cluster, 'Service').flatMap((service) => [
      ...FAMILY_FIELDS.filter((field) => field in service.spec).map((field) => `${nameOf(service)}: ${field}`),
      ...when(![undefined, 'None'].includes(service.spec.clusterIP), `${nameOf(service)}: clusterIP`),
    ]),

  'Services find pods with the port they name': (cluster) =>
    cluster.services.flatMap((service) => {
      const pods = cluster.pods.filter(
        (pod) => pod.namespace === service.namespace && matches(service.selector, pod.labels),
      );
      const name = `Service ${service.namespace}/${service.name}`;
      return [
        ...when(pods.length === 0, `${name}: selects no pod`),
        ...service.ports.flatMap(({ port, targetPort }) =>
          pods
            .filter((pod) => !hasPort(pod.spec, targetPort))
            .map((pod) => `${name}: ${pod.owner} has no port ${targetPort} for ${port}`),
        ),
      ];
    }),

  'in-cluster addresses lead to a Service and one of its ports': perObject((object, cluster) =>
    stringsLike(/\.svc\b/, object.data ?? object.spec ?? {}).flatMap(([path, text]) =>
      [
        ...text.matchAll(/\b([a-z0-9][-a-z0-9]*)\.([a-z0-9][-a-z0-9]*)\.svc\b(?:\.[a-z0-9.-]*[a-z0-9])?(?::(\d+))?/g),
      ].flatMap(([address, name, namespace, port]) => {
        const service = cluster.services.find(
          (candidate) => candidate.name === name && candidate.namespace === namespace,
        );
        const known =
          service && (port === undefined || service.ports.some((candidate) => candidate.port === Number(port)));
        // A model may log and trace to what is not of the platform.
        const foreign = object.kind === 'SeldonDeployment' && !has(cluster, 'Namespace', undefined, namespace ?? '');
        return when(!known && !foreign, `${path}: ${address}`);
      }),
    ),
  ),

  'StatefulSets have a headless Service': (cluster) =>
    ofKind(cluster, 'StatefulSet')
      .filter(
        ({ spec, metadata }) =>
          !cluster.services.some(
            ({ name, namespace, headless }) =>
              headless && name === spec.serviceName && namespace === metadata.namespace,
          ),
      )
      .map(nameOf),

  'webhooks are served by a Service that exists': (cluster) =>
    ofKind(cluster, 'ValidatingWebhookConfiguration').flatMap((configuration) =>
      (configuration as Any).webhooks
        .map(({ clientConfig }: Any) => clientConfig.service)
        .filter(
          (target: Any) =>
            !cluster.services.some(
              ({ name, namespace, ports: list }) =>
                name === target.name &&
                namespace === target.namespace &&
                list.some(({ port }) => port === (target.port ?? 443)),
            ),
        )
        .map((target: Any) => `${nameOf(configuration)}: ${target.namespace}/${target.name}`),
    ),

  'ServiceMonitors find a Service and a port of its pods': (cluster) =>
    ofKind(cluster, 'ServiceMonitor').flatMap((monitor) => {
      const found = cluster.services.filter(
        ({ namespace, labels }) =>
          namespace === monitor.metadata.namespace && matches(monitor.spec.selector.matchLabels, labels),
      );
      const reachable = monitor.spec.endpoints.every(({ targetPort }: Any) =>
        found.some((service) =>
          cluster.pods.some(
            (pod) =>
              pod.namespace === service.namespace &&
              matches(service.selector, pod.labels) &&
              hasPort(pod.spec, targetPort),
          ),
        ),
      );
      return when(!reachable, nameOf(monitor));
    }),

  'PodMonitors find pods with such a port': (cluster) =>
    ofKind(cluster, 'PodMonitor')
      .filter(
        ({ metadata, spec }) =>
          !cluster.pods.some(
            (pod) =>
              pod.namespace === metadata.namespace &&
              matches(spec.selector.matchLabels, pod.labels) &&
              spec.podMetricsEndpoints.every(({ port }: Any) => hasPort(pod.spec, port)),
          ),
      )
      .map(nameOf),

  'nothing is exposed outside the cluster but by access, which says what': (cluster) => [
    ...ofKind(cluster, 'Service')
      .filter(({ spec }) => !['ClusterIP', undefined].includes(spec.type) || spec.externalIPs)
      .map(nameOf),
    ...ofKind(cluster, 'Ingress', 'Gateway')
      .filter((object) => !isAccess(object))
      .map(nameOf),
  ],
} satisfies Record<string, Check>;
