/** Where cert-manager makes certificates for a platform. */
import { ApiObject } from 'cdk8s';
import type { Component } from '../lib/component';
import { namesIssuer } from './issuer';

/**
 * The namespaces of Certificates, and of what cert-manager makes Certificates of: a Gateway or an Ingress that names an issuer. Some
 * are none of the platform's own.
 */
export function certificateNamespaces(components: readonly Component[]): string[] {
  const objects = components.flatMap(({ node }) => node.findAll()).filter((node) => ApiObject.isApiObject(node));
  const namespaces = objects.filter(hasCertificates).flatMap(({ metadata }) => metadata.namespace ?? []);
  return [...new Set(namespaces)].sort();
}

function hasCertificates(object: ApiObject): boolean {
  if (object.kind === 'Certificate') return true;
  return ['Gateway', 'Ingress'].includes(object.kind) && namesIssuer(object.toJson());
}
