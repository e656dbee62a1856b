/** One action or refusal. Written before the answer to the caller is given. */
export interface AuditEvent {
  /** kebab-case: `backup-create`, `restore-plan`, `restore-create`, `operation-cancel` ... */
  event: string;
  /** Entity ref or Kubernetes user name. */
  actor: string;
  /** Entity ref or name of the application. */
  application?: string;
  planHash?: string;
  operation?: string;
  outcome: 'success' | 'refused' | 'failed';
  /** For refusals and failures: the error's code and message. */
  reason?: string;
  severity: 'low' | 'medium' | 'high' | 'critical';
}

export interface Audit {
  record(event: AuditEvent): Promise<void>;
}
