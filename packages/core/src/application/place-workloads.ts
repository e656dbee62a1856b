import { type Placement, labels } from './model.ts';
import { matches, parseSelector, selectorOf } from './selector.ts';
import { type Workload, workloadKey } from './workload.ts';

/**
 * How to tell some workloads from their neighbours in one namespace: a label selector, when one takes exactly them
 * (engines can use it), else their names. A selector has to match the workload objects themselves, not only their
 * pods: a backup by labels would otherwise leave the workload out.
 */
export function placeWorkloads(own: readonly Workload[], all: readonly Workload[]): Pick<Placement, 'labelSelector' | 'workloads'> {
  const others = all.filter((workload) => !own.includes(workload));
  for (const candidate of candidates(own)) {
    if (Object.keys(candidate).length === 0) continue;
    const selector = selectorOf(candidate);
    const requirements = parseSelector(selector);
    if (!requirements || !own.every((workload) => matches(requirements, workload.labels))) continue;
    if (others.every((workload) => !matches(requirements, workload.labels) && !matches(requirements, workload.podLabels)))
      return { labelSelector: selector };
  }
  return { workloads: own.map(workloadKey).sort() };
}

/** From the most meaningful to the most exact. */
function candidates(own: readonly Workload[]): Record<string, string>[] {
  const shared = common(own.map((workload) => workload.labels));
  const pick = (...names: string[]) => Object.fromEntries(Object.entries(shared).filter(([name]) => names.includes(name)));
  const everywhere = common([shared, ...own.map((workload) => workload.podLabels)]);
  return [
    pick(labels.partOf, labels.component),
    pick(labels.partOf, labels.name),
    pick(labels.component, labels.name, labels.partOf),
    everywhere,
  ];
}

function common(maps: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first, ...rest] = maps;
  return Object.fromEntries(Object.entries(first ?? {}).filter(([name, value]) => rest.every((map) => map[name] === value)));
}
