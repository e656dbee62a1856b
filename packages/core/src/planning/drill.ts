import { formatAge } from '../text/age.ts';
import { type PlanDraft, nameFor } from './assemble.ts';
import { planClone } from './clone.ts';
import type { CloneInputs } from './clone-inputs.ts';
import { dataOf } from './data-of.ts';
import { releaseOf } from './left-behind.ts';
import type { DataLoss, Plan, PlanObjective, Step } from './model.ts';

/** To delete a namespace with everything in it, seconds. */
const removalTimeout = 600;

/**
 * A clone that proves that the application can be brought back, and is removed again, whatever becomes of it: what its
 * restores began is ended, what they left is released, and the namespaces go with all that is in them.
 */
export function planDrill(inputs: CloneInputs): PlanDraft {
  const copy = planClone(inputs);
  const components = inputs.components.map(({ component }) => component.name);
  return {
    ...copy,
    intent: 'Drill',
    // What the engines left goes with the rest, at the end.
    waves: copy.waves
      .map((wave) => wave.filter(({ action }) => action.kind !== 'engine.restore.release'))
      .filter(({ length }) => length > 0),
    cleanUp: cleanUpOf(copy.waves.flat()),
    objectives: objectivesOf(inputs),
    dataLoss: components.map((component) => lossOf(component, copy, inputs.now)),
    undo: { text: 'nothing to undo: what a drill makes is removed when it ends', possible: false },
  };
}

function cleanUpOf(steps: readonly Step[]): Step[][] {
  const end: Step[] = [];
  const release: Step[] = [];
  const remove: Step[] = [];
  const forget: Step[] = [];
  for (const step of steps) {
    const { id, cluster, component, title, action } = step;
    const common = { cluster, undoes: id, ...(component !== undefined && { component }) };
    if (action.kind === 'engine.restore') {
      const { engine, engineNamespace } = action;
      end.push({
        ...common,
        id: nameFor(`end-${id}`, 250),
        title: `See that it has ended: ${title}`,
        action: { kind: 'engine.restore.end', engine, engineNamespace, restore: id, outcome: 'any' },
      });
      release.push({ ...releaseOf(step), undoes: id, title: `Take away what the engine left of it: ${title}` });
    }
    if (action.kind === 'replication.promote') {
      const { engine, request } = action;
      // When no claim is left that needs the image.
      forget.push({
        ...common,
        id: nameFor(`end-${id}`, 250),
        title: `Give the image of the copy free: ${title}`,
        action: { kind: 'replication.promote.end', engine, promote: id, request },
      });
    }
    if (action.kind === 'namespace.create') {
      remove.push({
        ...common,
        id: nameFor(`remove-${cluster}-${action.namespace}`, 250),
        title: `Remove the namespace ${action.namespace}, and see that nothing of it is left`,
        action: { kind: 'namespace.remove', namespace: action.namespace, timeoutSeconds: removalTimeout },
      });
    }
  }
  return [end, release, remove, forget].filter((wave) => wave.length > 0);
}

export function objectivesOf({ components }: Pick<CloneInputs, 'components'>): PlanObjective[] {
  return components.flatMap(({ component, policy, rpoSeconds, rtoSeconds }) =>
    policy
      ? {
          component: component.name,
          policy: policy.name,
          ...(rpoSeconds !== undefined && { rpoSeconds }),
          ...(rtoSeconds !== undefined && { rtoSeconds }),
        }
      : [],
  );
}

/** Nothing is lost by a drill; what would be, were it real, is worth saying before it is needed. */
function lossOf(component: string, plan: Pick<Plan, 'points' | 'copies'>, now: Date): DataLoss {
  const ages = dataOf(component, plan)
    .map(({ capturedAt }) => now.getTime() - Date.parse(capturedAt ?? ''))
    .filter((age) => Number.isFinite(age));
  const age = ages.length === 0 ? '' : ` (were it real: ${formatAge(Math.max(0, ...ages))})`;
  return { component, seconds: 0, text: `nothing of ${component}${age}` };
}
