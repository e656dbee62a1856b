import { isDatabase } from '../../application/database.ts';
import type { Reason } from '../../reason.ts';
import { type Facts, because, newestUsable } from '../facts.ts';

/** Methods that copy one instant of a volume: a database recovers from that as from a power failure. */
const instant = new Set(['csi-snapshot', 'data-mover', 'native-snapshot']);

/**
 * A database whose files are copied while it writes, or whose policy requires hooks. Snapshots of a single volume are
 * left alone otherwise: databases survive those.
 */
export function databaseWithoutHook(facts: Facts): Reason | undefined {
  const { hookAnnotations, installed } = facts.engines;
  const wanted = facts.policy?.consistency.hooks;
  if (facts.claims.length === 0 || hookAnnotations.length === 0 || wanted === 'optional') return undefined;
  if (newestUsable(facts)?.hooks) return undefined;
  const bare = facts.workloads.find(
    (workload) => isDatabase(facts.component.type, workload) && !hookAnnotations.some((name) => name in workload.podAnnotations),
  );
  if (!bare) return undefined;
  const atOnce =
    facts.claims.length === 1 && facts.captureMethods.length > 0 && facts.captureMethods.every((method) => instant.has(method));
  if (wanted !== 'required' && atOnce) return undefined;
  return because(facts, {
    code: 'DATABASE_WITHOUT_HOOK',
    severity: 'warning',
    message: `${bare.kind} ${bare.namespace}/${bare.name} looks like a database (${bare.images[0] ?? facts.component.type}) and is captured by ${newestUsable(facts)?.engine ?? installed.join(', ')} without a hook`,
    evidence: [`${bare.kind} ${bare.namespace}/${bare.name}`, ...facts.captureMethods.map((method) => `method: ${method}`)],
    fix: `Add the annotation ${hookAnnotations[0]} to the pods of ${bare.name}, with a command that flushes or freezes it.`,
  });
}
