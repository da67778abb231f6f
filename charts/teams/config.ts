/** The schema of `teams` in platform.yaml, and the rules that need other settings. */
import * as z from 'zod';
import { dnsLabel, matching } from '../../config/fields';
import type { Fault } from '../../config/problems';
import { rules } from '../../config/rules';
import { EVERYBODY, issuerGroups } from '../access/groups';
import { CLUSTERS_OWN, type NamespaceNames } from '../namespaces/config';
import { type GivenQuota, hardSchema } from '../quotas/config';

const teamSchema = z.strictObject({
  name: dnsLabel('pricing', 20).describe(
    'Its name: of its folder below models/, of its prefix in the bucket, and at the end of the name of its namespace',
  ),
  group: matching(
    new RegExp(`^(?!(?:${EVERYBODY})$)\\S(.*\\S)?$`),
    253,
    'the name of a group of the team, as the cluster knows it',
    'pricing-team',
  ).describe('Who may see what runs in its namespace, and change its models'),
  callers: issuerGroups('pricing-team', 'to let everybody call a model, write "public: true" in its file')
    .optional()
    .describe('Groups of the issuer that may call its models from outside; that of the name of group where absent'),
  quota: hardSchema
    .meta({ examples: [{ 'requests.memory': '32Gi' }] })
    .describe('What its pods may ask for together; what is left out follows from what runs'),
});

export const teamsSchema = z
  .array(teamSchema, { error: 'must be a list' })
  .superRefine(
    rules((teams) =>
      teams.flatMap(({ name }, index) => {
        const first = teams.findIndex((other) => other.name === name);
        return first === index
          ? []
          : [{ path: [index, 'name'], message: `is ${name}, the name of teams[${first}] too; give it one of its own` }];
      }),
    ),
  )
  .default([])
  .describe('Teams that have models of their own, each in a namespace that the others do not reach');

export type Team = z.output<typeof teamSchema>;

/**
 * The folder of a team in the bucket, without "/" at its ends: all that its key reads.
 *
 * Its name is not free. Where MLflow has users, it looks for the number of an experiment in the path of a file, to find whose it is,
 * and knows but two places for it: at the start, or below this folder (_EXPERIMENT_ID_PATTERN in mlflow/server/auth, 3.17).
 */
export const teamPrefix = (name: string) => `workspaces/${name}`;

/** What the keys of a team open, or those of the platform's own models. */
export interface KeyFolder {
  /** Such as "s3://models/workspaces/risk/". */
  readonly uri: string;
  /** What it is called in a message. */
  readonly what: string;
}

/** @param team nothing for the platform's own models */
export const keyFolder = (bucket: string, team: string | undefined): KeyFolder =>
  team === undefined
    ? { uri: `s3://${bucket}/`, what: 'the bucket' }
    : { uri: `s3://${bucket}/${teamPrefix(team)}/`, what: `the folder of ${team}` };

/** The namespace of a team's models; that of the platform's own where there is no team. */
export const teamNamespace = (models: string, team?: string) => (team === undefined ? models : `${models}-${team}`);

/** Groups of the issuer that may call the models of a team from outside. */
export const callersOf = ({ group, callers }: Pick<Team, 'group' | 'callers'>): readonly string[] => callers ?? [group];

interface Named {
  readonly monitoring: { readonly stack: 'external' | 'embedded' };
  readonly requestLog: { readonly enabled: boolean };
  readonly teams: readonly Pick<Team, 'name'>[];
  readonly namespaces: NamespaceNames;
}

/** The namespaces of teams, in the order of the teams. */
export const teamNamespaces = ({ teams, namespaces }: Pick<Named, 'teams' | 'namespaces'>): string[] =>
  teams.map(({ name }) => teamNamespace(namespaces.models, name));

/** Every namespace of the platform, those of teams among them. */
export const allNamespaces = (settings: Named): string[] => {
  const { monitoring, requestLog, ...others } = settings.namespaces;
  return [
    ...Object.values(others),
    ...(settings.monitoring.stack === 'embedded' ? [monitoring] : []),
    ...(settings.requestLog.enabled ? [requestLog] : []),
    ...teamNamespaces(settings),
  ];
};

/** What is given of the quota of each. */
export const teamQuotas = ({ teams, namespaces }: Pick<Settings, 'teams' | 'namespaces'>): GivenQuota[] =>
  teams.map(({ name, quota }, index) => ({
    path: ['teams', index, 'quota'],
    namespace: teamNamespace(namespaces.models, name),
    hard: quota,
  }));

interface Settings extends Named {
  readonly teams: readonly Team[];
  readonly profile: string;
  readonly objectStore: { readonly kind: string; readonly credentials?: string };
}

/** Teams whose namespace is somebody else's, who may take the whole cluster, or whose key would be everybody's. */
export function teamFaults({ teams, namespaces, profile, objectStore }: Settings): Fault[] {
  return teams.flatMap(({ name, quota }, index) => {
    const namespace = teamNamespace(namespaces.models, name);
    const [other] = Object.entries(namespaces).find(([, taken]) => taken === namespace) ?? [];
    return [
      ...(other === undefined
        ? []
        : [
            {
              path: ['teams', index, 'name'],
              message: `is ${name}, whose namespace ${namespace} is that of ${other}; give the team another name, such as "${name}-team"`,
            },
          ]),
      ...(CLUSTERS_OWN.test(namespace)
        ? [
            {
              path: ['teams', index, 'name'],
              message: `is ${name}, whose namespace ${namespace} every cluster has; give the team another name, or change namespaces.models`,
            },
          ]
        : []),
      ...(namespace.length > 63
        ? [
            {
              path: ['teams', index, 'name'],
              message: `is ${name}, whose namespace ${namespace} has more than 63 characters; shorten it, or namespaces.models`,
            },
          ]
        : []),
      ...(profile === 'production' && quota === undefined
        ? [
            {
              path: ['teams', index, 'quota'],
              message:
                'is absent, so that a team may take what others need: profile is production; say what its pods may ask for, such as {"requests.cpu": "8", "requests.memory": "32Gi"}',
            },
          ]
        : []),
      ...(objectStore.kind === 'seaweedfs'
        ? [
            {
              path: ['teams', index],
              message:
                'needs a key that opens one folder, which is not proved of a store of objectStore.kind: seaweedfs; set embedded, distributed or external',
            },
          ]
        : []),
      ...(objectStore.kind === 'external' && objectStore.credentials === 'identity'
        ? [
            {
              path: ['teams', index],
              message:
                'has no key of its own where objectStore.credentials is identity, and would read what the ServiceAccount of all models reads; set objectStore.credentials: keys',
            },
          ]
        : []),
    ];
  });
}
