/** Leaves users and groups to the cluster, as OpenShift wants it: each namespace has a range of its own there. */
import type { ComponentFile } from './component';
import { ID_FIELDS, withSecurityContexts } from './security-contexts';

/** The file without a fixed user or group, which "restricted-v2" admits only within the range of the namespace. */
export const withAssignedUids = (file: ComponentFile): ComponentFile =>
  withSecurityContexts(file, (context) =>
    Object.fromEntries(Object.entries(context).filter(([name]) => !ID_FIELDS.has(name))),
  );
