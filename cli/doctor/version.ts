/** The release of Kubernetes, and whether kubectl fits it. */
import { type Finding, fault, ok, type Patient, warning } from './finding';

/** Minor releases of Kubernetes that this project is tested with (e2e/kubernetes), and all between them. */
export const TESTED = { oldest: 30, newest: 35 };

interface Version {
  readonly minor: string;
  readonly gitVersion: string;
}

/** Managed clusters write minor releases as "30+". */
const minorOf = ({ minor }: Version) => Number.parseInt(minor, 10);

export async function checkVersion({ kubectl }: Patient): Promise<readonly Finding[]> {
  const { serverVersion: server, clientVersion: client } = await kubectl.json<{
    readonly serverVersion: Version;
    readonly clientVersion: Version;
  }>(['version']);
  const minor = minorOf(server);
  const range = `1.${TESTED.oldest} to 1.${TESTED.newest} are tested`;
  const skew = Math.abs(minorOf(client) - minor);
  return [
    minor < TESTED.oldest
      ? fault(`Kubernetes ${server.gitVersion} is too old; ${range}`, 'upgrade the cluster')
      : minor > TESTED.newest
        ? warning(`Kubernetes ${server.gitVersion} is newer than what was tested; ${range}`, 'try it where it may fail')
        : ok(`Kubernetes ${server.gitVersion}; ${range}`),
    // The skew that Kubernetes supports: https://kubernetes.io/releases/version-skew-policy/#kubectl
    ...(skew > 1
      ? [
          warning(
            `kubectl is of ${client.gitVersion}, ${skew} minor releases away from the cluster`,
            'install one that is at most one away',
          ),
        ]
      : []),
  ];
}
