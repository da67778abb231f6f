/** The rules of what is exposed that need the settings of other components, or the files of models. */
import type { Fault } from '../../config/problems';
import { PLATFORM_FILE } from '../../config/read';
import type { PlatformSettings } from '../config';
import type { ModelConfig } from '../models/join-lock';

/** Things that are to be exposed, and are not there or cannot be. */
export function exposureFaults({ access, frontend, objectStore }: PlatformSettings): Fault[] {
  if (access.kind === 'none') return [];
  return [
    ...(access.s3.enabled ? storeFault('s3', s3Message(objectStore)) : []),
    ...(access.console.enabled ? storeFault('console', consoleMessage(objectStore)) : []),
    ...(access.frontend.host !== undefined && !frontend.enabled
      ? [
          {
            path: ['access', 'frontend', 'host'],
            message: `is ${access.frontend.host}, for a front end that frontend.enabled: false leaves out; remove one of the two`,
          },
        ]
      : []),
  ];
}

/** Users of MLflow who could not sign in, or whose passwords anybody on the way would read. */
export function passwordFaults({ access, mlflow }: PlatformSettings): Fault[] {
  if (mlflow.auth === 'none' || access.kind === 'none' || !access.mlflow.enabled) return [];
  return [
    ...(access.signIn
      ? [
          {
            path: ['mlflow', 'auth'],
            message: `is ${mlflow.auth}, and the proxy of access.signIn in front of MLflow reads the same header of programs; remove it, or set access.mlflow.enabled: false`,
          },
        ]
      : []),
    ...(access.tls
      ? []
      : [
          {
            path: ['access', 'tls'],
            message:
              'is absent, and users of MLflow would send their passwords as plain text; say where certificates come from, such as {issuer: letsencrypt}, or {byGateway: true} for a Gateway that is there',
          },
        ]),
  ];
}

type Store = PlatformSettings['objectStore'];

const storeFault = (name: string, message: string | undefined): Fault[] =>
  message === undefined ? [] : [{ path: ['access', name, 'enabled'], message: `is true, but ${message}` }];

const OWN_TLS =
  'the store speaks TLS itself, with a certificate that what leads into the cluster does not know; remove it, or set objectStore.tls: false';

function s3Message(store: Store): string | undefined {
  if (store.kind === 'external') return 'the store is external, and is reached where it is; remove it';
  return store.tls ? OWN_TLS : undefined;
}

function consoleMessage(store: Store): string | undefined {
  if (store.kind === 'external' || store.kind === 'seaweedfs')
    return `a store of objectStore.kind: ${store.kind} has no console here; remove it`;
  if (!store.console) return 'objectStore.console is false; set it to true, or remove this';
  return store.tls ? OWN_TLS : undefined;
}

/** Who may call a model, where nobody asks who somebody is. */
export function callerFaults({ public: isPublic, groups }: ModelConfig, { access }: PlatformSettings): Fault[] {
  const isAsked = access.kind !== 'none' && access.models.enabled && access.signIn !== undefined;
  const without = `means nothing without a sign-in in front of the models; add access.signIn to ${PLATFORM_FILE}`;
  return [
    ...(isPublic && !isAsked ? [{ path: ['public'], message: without }] : []),
    ...(groups && !isAsked ? [{ path: ['groups'], message: without }] : []),
    ...(isPublic && groups
      ? [{ path: ['groups'], message: 'stands beside public: true, which lets everybody in; remove one of the two' }]
      : []),
  ];
}
