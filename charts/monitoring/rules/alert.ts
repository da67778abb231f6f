/** What somebody is told about. */

/** critical: somebody acts now. warning: somebody acts this week. info: it is good to know. */
export type Severity = 'critical' | 'warning' | 'info';

export interface Alert {
  /** Its heading in docs/runbooks.md is the same. */
  readonly name: string;
  readonly severity: Severity;
  /** PromQL; the alert is there while it returns something. */
  readonly expr: string;
  /** How long it must hold, such as "5m". */
  readonly for: string;
  /** One line for a person; "{{ $labels.x }}" and "{{ $value }}" stand for what was found. */
  readonly summary: string;
  /** Labels beside those of the expression. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}
