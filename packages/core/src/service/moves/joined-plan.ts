import type { Application } from '../../application/model.ts';
import { type PlanDraft, ofApplication } from '../../planning/assemble.ts';
import { estimateByPast } from '../../planning/estimate.ts';
import type { Plan } from '../../planning/model.ts';
import type { Handed } from '../../planning/move/handover.ts';
import type { Assessment } from '../assess.ts';

type Shared = 'target' | 'waves' | 'changes' | 'dataLoss';

/** What engines do by themselves, ordered with the rest of the plan: its waves are those of both. */
export type EnginesPart = Pick<Plan, Shared> & Partial<Pick<Plan, 'copies'>>;

/** What a plan is about that engines carry out in part, and a plan of ours, if anything is left for one. */
export function joinedPlan(
  { application, assessment }: { application: Application; assessment: Pick<Assessment, 'past'> },
  intent: Plan['intent'],
  components: string[],
  handed: readonly Handed[],
  part: EnginesPart,
  rest: PlanDraft | undefined,
): Pick<Plan, Shared | 'intent' | 'application' | 'components' | 'points' | 'copies' | 'basis'> &
  Partial<Pick<Plan, 'entityRef' | 'owner' | 'estimate' | 'mapping'>> {
  const target = new Map<string, Set<string>>();
  for (const { cluster, namespaces } of [...part.target, ...(rest?.target ?? [])])
    target.set(cluster, new Set([...(target.get(cluster) ?? []), ...namespaces]));
  const estimate = estimateByPast({ application: application.name, components, intent }, assessment.past);
  return {
    intent,
    ...ofApplication(application),
    components,
    points: rest?.points ?? [],
    copies: [...(part.copies ?? []), ...(rest?.copies ?? [])],
    target: [...target].map(([cluster, namespaces]) => ({ cluster, namespaces: [...namespaces] })),
    waves: part.waves,
    changes: [...part.changes, ...(rest?.changes ?? [])],
    dataLoss: [...part.dataLoss, ...(rest?.dataLoss ?? [])],
    ...(estimate && { estimate }),
    ...(rest?.mapping && { mapping: rest.mapping }),
    basis: {
      ...rest?.basis,
      ...Object.fromEntries(handed.map(({ managed }) => [managed.id, managed.moving ?? managed.placedAt ?? 'rests'])),
    },
  };
}
