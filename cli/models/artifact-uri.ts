/** The addresses of artifacts, as MLflow's server gives them. */

/**
 * The scheme of the addresses that MLflow gives to artifacts it proxies; what follows is the path below
 * --artifacts-destination.
 */
const PROXIED = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+/;

/** The path of an artifact in the artifact store; undefined for one that the server does not proxy. */
export function proxiedPath(artifactUri: string): string | undefined {
  return PROXIED.test(artifactUri) ? artifactUri.replace(PROXIED, '') : undefined;
}
