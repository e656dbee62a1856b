import type { Operation } from '../execution/model.ts';
import { sealPlan } from '../planning/assemble.ts';
import type { Plan } from '../planning/model.ts';

type PlanBody = Omit<Plan, 'id' | 'hash' | 'createdAt' | 'expiresAt'>;

/** Noon of the day on which a `FakeClock` begins. */
const noon = '2026-01-15T12:00:00Z';

/** A restore of `shop` on `east` that does nothing, but for what is given. */
export function planOf(parts: Partial<PlanBody> = {}): Promise<Plan> {
  const { application = 'shop', intent = 'Restore' } = parts;
  return sealPlan(
    {
      intent,
      request: { intent, application },
      application,
      components: [],
      points: [],
      target: [],
      waves: [],
      changes: [],
      dataLoss: [],
      blockers: [],
      warnings: [],
      undo: { text: '', possible: false },
      basis: {},
      home: 'east',
      ...parts,
    },
    new Date(noon),
  );
}

/** Of that plan as it is when nothing of it was done: `restore-shop-1`. */
export function operationOf(plan: Plan, parts: Partial<Operation> = {}): Operation {
  return {
    id: `${plan.intent.toLowerCase()}-${plan.application}-1`,
    plan,
    state: 'Pending',
    requestedBy: 'tester',
    requestedAt: noon,
    steps: plan.waves.flat().map(({ id }) => ({ id, state: 'Pending' })),
    ...parts,
  };
}
