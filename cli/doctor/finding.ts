/** What a check of the doctor is, and what it finds. */
import type { Kubectl } from '../cluster/kubectl';
import type { RenderedEnvironment } from '../cluster/rendered';

export interface Finding {
  /** ok; warning: it may work all the same; fault: it will not. */
  readonly level: 'ok' | 'warning' | 'fault';
  readonly text: string;
  /** What to do, where there is something. */
  readonly remedy?: string;
}

export interface Patient {
  readonly kubectl: Kubectl;
  readonly environment: RenderedEnvironment;
}

export type Check = (patient: Patient) => Promise<readonly Finding[]>;

export const ok = (text: string): Finding => ({ level: 'ok', text });
export const warning = (text: string, remedy: string): Finding => ({ level: 'warning', text, remedy });
export const fault = (text: string, remedy: string): Finding => ({ level: 'fault', text, remedy });
