import type { Application } from '../application/model.ts';
import { type TenancyRule, claimOf, ownerOfNamespace } from '../application/tenancy.ts';
import type { Plan } from '../planning/model.ts';
import type { Assessment } from './assess.ts';
import { unreadOf } from './look.ts';
import { whoseAt } from './moves/namespaces.ts';
import { assertInside } from './plan-check.ts';

/** NotAllowedError where the plan reaches outside the application, by whom the namespaces belong to as they were just read. */
export function assertInScope(plan: Plan, application: Application, assessment: Assessment, tenancy: readonly TenancyRule[]): void {
  const { inventory } = assessment;
  const owners = new Set(application.components.map(({ owner }) => owner ?? application.owner));
  assertInside(
    plan,
    assessment.everywhere(application),
    (cluster, namespace) => {
      const found = inventory.get(cluster)?.namespace(namespace);
      if (!found?.observed) return false;
      return [...owners].every((owner) =>
        owner === undefined
          ? ownerOfNamespace(found) === undefined
          : claimOf({ cluster, namespace }, owner, found, tenancy) !== 'unclaimed',
      );
    },
    (cluster, namespace) => whoseAt({ cluster, namespace }, application, assessment, tenancy) === 'ours',
    assessment.managed(),
  );
}

/** A cluster that did not tell everything is no reason to call a plan stale, or an application unknown: its failure is told. */
export async function asFarAsRead(plan: Plan, assessment: Assessment, check: () => void | Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    // The silence of what is left behind is what a failover is for.
    const written = plan.intent === 'Failover' ? [] : plan.target;
    const unread = unreadOf(assessment, [
      plan.home,
      ...written.map(({ cluster }) => cluster),
      ...plan.points.map(({ cluster }) => cluster),
    ]);
    throw unread ?? error;
  }
}
