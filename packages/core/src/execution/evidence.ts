import { dataOf } from '../planning/data-of.ts';
import { canonicalJson, sha256 } from '../planning/hash.ts';
import type { PlanObjective, Step } from '../planning/model.ts';
import type { Operation } from './model.ts';
import type { StepRecord } from './states.ts';
import type { DrillEvidence, DrillRecord } from './drill-record.ts';

/** Of a drill as it stands. Pure: the same operation gives the same record. */
export function recordOf(operation: Operation): DrillRecord {
  const { plan, state, requestedBy, requestedAt, approvedBy, reason, message, endedAt, outcome, cleanUp, measured = {} } = operation;
  const steps = new Map(plan.waves.flat().map((step) => [step.id, step]));
  const cleaning = new Map((plan.cleanUp ?? []).flat().map((step) => [step.id, step]));
  const objectives = plan.objectives ?? [];
  const isCheck = ({ id }: StepRecord): boolean => (steps.get(id)?.action.kind ?? '').startsWith('check.');
  const losses = lossesOf(operation);
  return {
    spec: {
      application: plan.application,
      ...(plan.entityRef !== undefined && { entityRef: plan.entityRef }),
      ...(plan.owner !== undefined && { owner: plan.owner }),
      components: plan.components,
      points: plan.points,
      ...(plan.copies && { copies: plan.copies }),
      target: plan.target,
      objectives,
      planHash: plan.hash,
      requestedBy,
      requestedAt,
      ...(approvedBy !== undefined && { approvedBy }),
      ...(reason !== undefined && { reason }),
    },
    status: {
      state,
      ...(message !== undefined && { message }),
      ...(outcome?.state === 'Succeeded' && { healthyAt: outcome.at }),
      ...(endedAt !== undefined && { endedAt }),
      measured,
      met: metOf(objectives, measured.rtoSeconds, losses),
      components: plan.components.map((component) => {
        const lossSeconds = losses.get(component);
        return { component, ...(lossSeconds !== undefined && { lossSeconds }) };
      }),
      checks: operation.steps.filter(isCheck).map((record) => told(record, steps)),
      unchecked: plan.warnings.filter(({ code }) => code === 'CHECK_UNREADABLE').flatMap(({ evidence = [] }) => evidence),
      steps: operation.steps.map((record) => ({
        ...told(record, steps),
        ...(record.startedAt !== undefined && { startedAt: record.startedAt }),
        ...(record.endedAt !== undefined && { endedAt: record.endedAt }),
      })),
      cleanUp: {
        state: cleanUp?.endedAt !== undefined ? 'Verified' : cleanUp?.steps.some((step) => step.state === 'Failed') ? 'Failed' : 'Pending',
        steps: (cleanUp?.steps ?? []).map((record) => told(record, cleaning)),
      },
    },
  };
}

export async function evidenceOf(operation: Operation): Promise<DrillEvidence> {
  const record = recordOf(operation);
  return { hash: await hashOf(record), record };
}

/** Is the record still the one that its hash was made of? */
export async function isIntact({ hash, record }: DrillEvidence): Promise<boolean> {
  return (await hashOf(record)) === hash;
}

/** The most of any component; absent where no point tells its time. */
export function lossSecondsOf(operation: Operation): { lossSeconds?: number } {
  const losses = [...lossesOf(operation).values()];
  return losses.length > 0 ? { lossSeconds: Math.max(...losses) } : {};
}

function hashOf(record: DrillRecord): Promise<string> {
  return sha256(canonicalJson(record));
}

/** Seconds by component: with several places, of the oldest of its points; of copies, of what they really held. */
function lossesOf({ plan, steps, requestedAt }: Pick<Operation, 'plan' | 'steps' | 'requestedAt'>): Map<string, number> {
  const losses = new Map<string, number>();
  const made = new Map(plan.waves.flat().map(({ id, component }) => [id, component]));
  for (const component of plan.components) {
    const seen = steps.flatMap(({ id, capturedAt }) => (made.get(id) === component && capturedAt !== undefined ? [{ capturedAt }] : []));
    for (const { capturedAt = '' } of seen.length > 0 ? seen : dataOf(component, plan)) {
      const seconds = Math.max(0, Math.round((Date.parse(requestedAt) - Date.parse(capturedAt)) / 1000));
      if (Number.isFinite(seconds)) losses.set(component, Math.max(losses.get(component) ?? 0, seconds));
    }
  }
  return losses;
}

function metOf(
  objectives: readonly PlanObjective[],
  rtoSeconds: number | undefined,
  losses: ReadonlyMap<string, number>,
): { rto?: boolean; rpo?: boolean } {
  const rtos = objectives.flatMap((objective) => objective.rtoSeconds ?? []);
  const rpos = objectives.filter(({ component, rpoSeconds }) => rpoSeconds !== undefined && losses.has(component));
  return {
    ...(rtoSeconds !== undefined && rtos.length > 0 && { rto: rtoSeconds <= Math.min(...rtos) }),
    ...(rpos.length > 0 && { rpo: rpos.every((objective) => losses.get(objective.component)! <= objective.rpoSeconds!) }),
  };
}

function told({ id, state, message }: StepRecord, steps: ReadonlyMap<string, Step>) {
  const step = steps.get(id);
  return { title: step?.title ?? id, cluster: step?.cluster ?? '', state, ...(message !== undefined && { message }) };
}
