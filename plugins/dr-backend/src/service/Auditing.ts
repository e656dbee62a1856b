import type { AuditorService } from '@backstage/backend-plugin-api';
import { asDrError } from '@kubectl-dr/core/errors';
import type { Asker } from './Asker.ts';

export interface AuditedEvent {
  /** kebab-case, without the plugin's name: `restore-create`. */
  eventId: string;
  /** `low` is for what changes nothing. */
  severity: 'low' | 'medium' | 'high' | 'critical';
  meta: Record<string, string | number | boolean | string[] | undefined>;
}

/**
 * Tells the auditor of every write and every refusal, before the caller hears of it. `work` may add facts that are only
 * known afterwards.
 */
export async function audited<T>(
  auditor: AuditorService,
  asker: Asker,
  { eventId, severity, meta }: AuditedEvent,
  work: (note: (more: AuditedEvent['meta']) => void) => Promise<T>,
): Promise<T> {
  const event = await auditor.createEvent({
    eventId,
    severityLevel: severity,
    ...(asker.request && { request: asker.request }),
    meta: present(meta),
  });
  let noted: AuditedEvent['meta'] = {};
  try {
    const result = await work((more) => (noted = { ...noted, ...more }));
    await event.success({ meta: present(noted) });
    return result;
  } catch (thrown) {
    const error = asDrError(thrown);
    await event.fail({ error, meta: present({ ...noted, code: error.code, refused: error.name === 'NotAllowedError' }) });
    throw thrown;
  }
}

/** A refusal of something that is not audited when it succeeds. */
export async function auditRefusal(
  auditor: AuditorService,
  asker: Asker,
  { eventId, severity, meta }: AuditedEvent,
  error: Error,
): Promise<void> {
  const event = await auditor.createEvent({
    eventId,
    severityLevel: severity,
    ...(asker.request && { request: asker.request }),
    meta: present(meta),
  });
  await event.fail({ error, meta: present({ code: asDrError(error).code, refused: true }) });
}

type Json = Record<string, string | number | boolean | string[]>;

function present(meta: AuditedEvent['meta']): Json {
  return Object.fromEntries(Object.entries(meta).filter(([, value]) => value !== undefined)) as Json;
}
