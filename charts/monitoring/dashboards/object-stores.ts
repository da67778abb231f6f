/** The object store, by its software. */
import { type Dashboard, percentiles, podsRow, volumesPanel, WINDOW } from './dashboard';

export function minioDashboard(namespace: string): Dashboard {
  const of = `job="minio",namespace="${namespace}"`;
  // Each server answers for all of them: what several pods say of one server is the same series.
  const rate = (name: string, by: string) => `max by (server, ${by}) (rate(${name}{${of}}${WINDOW}))`;
  const each = (name: string, by = 'api') => `sum by (${by}) (${rate(name, by)})`;
  const whole = (name: string) => `max(${name}{${of}})`;
  const total = (name: string) => `sum(max by (server) (rate(${name}{${of}}${WINDOW})))`;
  return {
    name: 'minio',
    title: 'Object store',
    rows: [
      {
        title: 'Requests',
        panels: [
          {
            title: 'Requests by operation',
            unit: 'reqps',
            queries: [{ expr: each('minio_s3_requests_total'), legend: '{{api}}' }],
          },
          {
            title: 'Errors by operation',
            unit: 'reqps',
            queries: [
              { expr: each('minio_s3_requests_5xx_errors_total'), legend: '{{api}}: its own' },
              { expr: each('minio_s3_requests_4xx_errors_total'), legend: "{{api}}: the caller's" },
            ],
          },
          {
            title: 'Time to the first byte',
            unit: 's',
            queries: percentiles(
              (by) => `sum by (${by}) (${rate('minio_s3_requests_ttfb_seconds_distribution', 'api, le')})`,
            ),
          },
          {
            title: 'Traffic',
            unit: 'binBps',
            queries: [
              { expr: total('minio_s3_traffic_received_bytes'), legend: 'received' },
              { expr: total('minio_s3_traffic_sent_bytes'), legend: 'sent' },
            ],
          },
        ],
      },
      {
        title: 'Space',
        panels: [
          {
            title: 'Usable space',
            unit: 'bytes',
            queries: [
              { expr: whole('minio_cluster_capacity_usable_total_bytes'), legend: 'in all' },
              { expr: whole('minio_cluster_capacity_usable_free_bytes'), legend: 'free' },
            ],
          },
          {
            title: 'Objects',
            unit: 'short',
            queries: [{ expr: whole('minio_cluster_usage_object_total'), legend: 'objects' }],
          },
          {
            title: 'Drives',
            unit: 'short',
            queries: [
              { expr: whole('minio_cluster_drive_online_total'), legend: 'there' },
              { expr: whole('minio_cluster_drive_offline_total'), legend: 'missing' },
            ],
          },
        ],
      },
      podsRow(namespace),
    ],
  };
}

export function seaweedfsDashboard(namespace: string): Dashboard {
  const of = `namespace="${namespace}"`;
  const requests = (...matchers: string[]) =>
    `rate(SeaweedFS_s3_request_total{${[of, ...matchers].join(',')}}${WINDOW})`;
  return {
    name: 'seaweedfs',
    title: 'Object store',
    rows: [
      {
        title: 'Requests',
        panels: [
          {
            title: 'Requests by operation',
            unit: 'reqps',
            queries: [{ expr: `sum by (type) (${requests()})`, legend: '{{type}}' }],
          },
          {
            title: 'Errors by code',
            unit: 'reqps',
            queries: [{ expr: `sum by (code) (${requests('code=~"[45].."')})`, legend: '{{code}}' }],
          },
          {
            title: 'Time to answer',
            unit: 's',
            queries: percentiles((by) => `sum by (${by}) (rate(SeaweedFS_s3_request_seconds_bucket{${of}}${WINDOW}))`),
          },
        ],
      },
      {
        title: 'Space',
        panels: [
          {
            title: 'Disks of volume servers',
            unit: 'bytes',
            queries: [
              { expr: `sum by (type) (SeaweedFS_volumeServer_resource{${of},type=~"used|avail"})`, legend: '{{type}}' },
            ],
          },
          {
            title: 'Size of buckets',
            unit: 'bytes',
            queries: [{ expr: `max by (bucket) (SeaweedFS_s3_bucket_size_bytes{${of}})`, legend: '{{bucket}}' }],
          },
          {
            title: 'Objects',
            unit: 'short',
            queries: [{ expr: `max by (bucket) (SeaweedFS_s3_bucket_object_count{${of}})`, legend: '{{bucket}}' }],
          },
          volumesPanel(of),
        ],
      },
      {
        title: 'Servers',
        panels: [
          {
            title: 'Masters that lead',
            unit: 'short',
            queries: [{ expr: `sum(SeaweedFS_master_is_leader{${of}})`, legend: 'leaders' }],
          },
          {
            title: 'Volumes that take no writes',
            description: 'A full volume takes none either.',
            unit: 'short',
            queries: [{ expr: `sum by (pod) (SeaweedFS_volumeServer_read_only_volumes{${of}})`, legend: '{{pod}}' }],
          },
          {
            title: 'etcd servers with a leader',
            unit: 'short',
            queries: [{ expr: `sum(etcd_server_has_leader{${of}})`, legend: 'servers' }],
          },
          {
            title: 'Size of etcd',
            unit: 'bytes',
            queries: [{ expr: `etcd_mvcc_db_total_size_in_bytes{${of}}`, legend: '{{pod}}' }],
          },
        ],
      },
      podsRow(namespace),
    ],
  };
}
