import type { ReasonCode } from './compliance/reason-codes.ts';

/** From worst to best. `blocker` exists only in plans: it stops execution. */
export type Severity = 'blocker' | 'critical' | 'warning' | 'info';

/**
 * Why a verdict, a plan or a refusal is as it is. Reasons are never booleans: each carries what was seen and what to
 * do next, and the same value is shown by CLI and portal.
 */
export interface Reason {
  /** Listed with its explanation in `compliance/reason-codes.ts`. */
  code: ReasonCode;
  severity: Severity;
  /** One sentence, with the names and figures of this case. Plain text; may contain names a cluster returned. */
  message: string;
  /** Component it is about; absent when it is about the whole application. */
  component?: string;
  cluster?: string;
  /** What was looked at: objects as `Kind namespace/name`, figures as `name: value`. */
  evidence?: string[];
  /** The next step, a sentence or a command. */
  fix?: string;
}
