import type { Part } from '../metrics';
import type { ComponentFacts } from './components';

/** What rules are about. */
export interface RuleFacts extends ComponentFacts {
  /** Namespaces of models. */
  readonly modelsNamespaces: readonly string[];
  /** The address of the page with the runbooks. */
  readonly runbooks: string;
  /** Of what Prometheus has no series. @default - it has all */
  readonly unseen?: readonly Part[];
}
