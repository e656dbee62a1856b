import { DrError } from '../errors.ts';
import type { PlanDraft } from '../planning/assemble.ts';
import { permissionMissing } from '../planning/checks/versions.ts';
import type { Step } from '../planning/model.ts';
import { accessOf } from '../planning/step-access.ts';
import { type Access, deniedOf } from '../planning/target-facts.ts';
import type { Reason } from '../reason.ts';
import type { PlannerDeps } from './plan-ground.ts';

/**
 * The plan, blocked where whoever executes it may not do what one of its steps does, on any of its clusters, its cleaning up and its
 * release among them: what cannot be ended must not begin. That it cannot be taken back is told. A cluster that does not answer is
 * not asked.
 */
export async function withRights(plan: PlanDraft, { clusters, engines }: PlannerDeps, signal?: AbortSignal): Promise<PlanDraft> {
  const needed = byCluster([...plan.waves, ...(plan.cleanUp ?? []), ...(plan.undo.release ?? [])].flat());
  const back = byCluster((plan.undo.waves ?? []).flat());
  const blockers: Reason[] = [];
  const warnings: Reason[] = [];
  for (const cluster of clusters) {
    const [forward, undo] = [needed.get(cluster.name) ?? [], back.get(cluster.name) ?? []];
    if (forward.length + undo.length === 0) continue;
    try {
      // What the checks of the target found has its place among them.
      const known = plan.blockers.filter((reason) => isOfRights(reason, cluster.name)).flatMap(({ evidence }) => evidence ?? []);
      const denied = await deniedOf(cluster, forward, signal);
      const left = (await deniedOf(cluster, undo, signal)).filter((right) => !denied.includes(right));
      if (denied.length + left.length === 0) continue;
      const { username } = await cluster.whoami(signal ? { signal } : {});
      const all = [...new Set([...known, ...denied])];
      if (denied.length > 0) blockers.push(permissionMissing(cluster.name, all, username));
      if (left.length > 0) {
        const reason = permissionMissing(cluster.name, left, username);
        warnings.push({ ...reason, severity: 'warning', message: `it cannot be taken back: ${reason.message}` });
      }
    } catch (error) {
      if (!(error instanceof DrError) || error.name !== 'ServiceUnavailableError') throw error;
    }
  }
  if (blockers.length + warnings.length === 0) return plan;
  const told = new Set(blockers.map(({ cluster }) => cluster));
  return {
    ...plan,
    blockers: [...plan.blockers.filter((reason) => !told.has(reason.cluster) || !isOfRights(reason, reason.cluster)), ...blockers],
    warnings: [...plan.warnings, ...warnings],
  };

  function byCluster(steps: readonly Step[]): Map<string, Access[]> {
    const all = steps.flatMap((step) => accessOf(step, engines));
    return new Map(clusters.map(({ name }) => [name, all.filter((one) => one.cluster === name).map(({ access }) => access)]));
  }
}

/** The blocker of `permissions`, not one about a single volume. */
function isOfRights({ code, cluster, message }: Reason, name: string | undefined): boolean {
  return code === 'PERMISSION_MISSING' && cluster === name && / may not /.test(message);
}
