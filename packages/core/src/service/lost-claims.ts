import { takesAll } from '../application/inventory.ts';
import type { Choice } from '../planning/moment.ts';
import type { PlanRequest } from '../planning/model.ts';
import type { Place } from '../planning/places.ts';
import { candidatesFor, incompleteCandidates, suits } from '../planning/select-point.ts';
import type { Assessment } from './assess.ts';
import type { ContentsStore } from './contents.ts';
import { engineNamespace } from './look.ts';
import type { ComponentStatus } from './model.ts';

/** Points of one component whose objects are read, newest first: each is a download of everything in it. */
const read = 4;

/**
 * Of a component that is gone from where it comes back nobody knows which volumes were its own, and a point seems to lack those of
 * others: the database's, say, which another engine copies. Then the objects in the point are read, which tell.
 */
export async function readLostClaims(
  contents: ContentsStore,
  assessment: Assessment,
  lay: () => { places: readonly Place[]; request: PlanRequest },
  choiceFor: (component: string, place: Place) => Choice,
  signal?: AbortSignal,
): Promise<void> {
  for (let nth = 0; nth < read; nth += 1) {
    const { places, request } = lay();
    const next = places.flatMap((place) =>
      place.components.flatMap(({ status, ...placement }) => {
        if (takesAll(placement) || !isGone(status, place)) return [];
        const candidates = candidatesFor(status, place).filter((use) => suits(use, request.mode ?? 'clone'));
        const use = incompleteCandidates(candidates, choiceFor(status.component.name, place))[nth];
        return use ? [{ point: use.point, namespace: place.namespace }] : [];
      }),
    );
    if (next.length === 0) return;
    for (const { point, namespace } of next)
      await contents.readInventory(point, namespace, engineNamespace(assessment, point.cluster, point.engine) ?? point.namespace, signal);
  }
}

function isGone({ workloads, volumes }: ComponentStatus, { cluster, namespace }: Place): boolean {
  return [...workloads, ...volumes].every((one) => one.cluster !== cluster || one.namespace !== namespace);
}
