import type { ComponentFacts } from './components';

/** What rules are about. */
export interface RuleFacts extends ComponentFacts {
  /** Namespaces of models. */
  readonly modelsNamespaces: readonly string[];
  /** The address of the page with the runbooks. */
  readonly runbooks: string;
  /** Whether Prometheus scrapes this platform alone, and nothing of the cluster. @default false */
  readonly platformOnly?: boolean;
}
