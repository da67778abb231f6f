/** What people use in a browser: the front end, and the sign-in in front of what has none. */
import { type Dashboard, percentiles, podsRow, WINDOW } from './dashboard';

export function frontendDashboard(namespace: string): Dashboard {
  const of = `job="frontend",namespace="${namespace}"`;
  return {
    name: 'frontend',
    title: 'Front end',
    rows: [
      {
        title: 'Pages',
        panels: [
          {
            title: 'Pages that are open',
            unit: 'short',
            queries: [{ expr: `sum by (pod) (active_sessions{${of}})`, legend: '{{pod}}' }],
          },
          {
            title: 'Pages opened and closed, within an hour',
            unit: 'short',
            queries: [{ expr: `sum by (type) (increase(session_events_total{${of}}[1h]))`, legend: '{{type}}' }],
          },
          {
            title: 'Memory of caches',
            unit: 'bytes',
            queries: [{ expr: `sum by (cache_type) (cache_memory_bytes{${of}})`, legend: '{{cache_type}}' }],
          },
        ],
      },
      podsRow(namespace),
    ],
  };
}

/** @param jobs of the proxies, which stand in the namespaces of what they are in front of */
export function signInDashboard(jobs: readonly string[]): Dashboard {
  const of = `job=~"${jobs.join('|')}"`;
  const requests = (...matchers: string[]) =>
    `sum by (job, code) (rate(oauth2_proxy_requests_total{${[of, ...matchers].join(',')}}${WINDOW}))`;
  return {
    name: 'sign-in',
    title: 'Sign-in',
    rows: [
      {
        title: 'Requests',
        panels: [
          {
            title: 'Requests by code',
            unit: 'reqps',
            queries: [{ expr: requests(), legend: '{{job}} {{code}}' }],
          },
          {
            title: 'Refused, and errors',
            description: '401 is a program without a good token, 403 somebody who may not come in.',
            unit: 'reqps',
            queries: [{ expr: requests('code=~"401|403|5.."'), legend: '{{job}} {{code}}' }],
          },
          {
            title: 'Time to answer',
            description: 'What is behind the proxy has its part in it.',
            unit: 's',
            queries: percentiles(
              (by) => `sum by (${by}) (rate(oauth2_proxy_response_duration_seconds_bucket{${of}}${WINDOW}))`,
              ['job'],
            ),
          },
          {
            title: 'Requests under way',
            unit: 'short',
            queries: [{ expr: `sum by (job) (oauth2_proxy_requests_in_flight{${of}})`, legend: '{{job}}' }],
          },
        ],
      },
    ],
  };
}
