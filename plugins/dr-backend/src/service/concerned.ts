import type { Application, Component } from '@kubectl-dr/core/application/model';
import type { Plan } from '@kubectl-dr/core/planning/model';

/**
 * Components that a plan acts on, by name: those it names, and those in whose places it reads or writes though it does not
 * name them. Restarted dependents are such, and whatever somebody wrote into a journal by hand. Where a named component
 * lies as well, it is the one that is meant.
 */
export function concerned(plan: Plan, application: Application): string[] {
  const named = new Set(plan.components);
  const placesOf = ({ placements }: Component): string[] => placements.map(({ cluster, namespace }) => `${cluster}/${namespace}`);
  const own = new Set(application.components.filter(({ name }) => named.has(name)).flatMap(placesOf));
  const reached = new Set(plan.target.flatMap(({ cluster, namespaces }) => namespaces.map((namespace) => `${cluster}/${namespace}`)));
  for (const { action, cluster } of [...plan.waves, ...(plan.undo.waves ?? []), ...(plan.undo.release ?? [])].flat())
    if (action.kind === 'engine.backup' || action.kind === 'engine.restore')
      for (const namespace of action.request.namespaces) reached.add(`${cluster}/${namespace}`);
  const others = application.components.filter(
    (component) => !named.has(component.name) && placesOf(component).some((place) => reached.has(place) && !own.has(place)),
  );
  return [...plan.components, ...others.map(({ name }) => name)];
}
