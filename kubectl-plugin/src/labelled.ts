import { labels as ours } from '@kubectl-dr/core/application/model';
import { matches, parseSelector } from '@kubectl-dr/core/application/selector';
import { engines } from '@kubectl-dr/core/engines/registry.generated';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import type { Context } from './context.ts';
import { UsageError } from './exit-codes.ts';
import type { Kind } from './kinds.ts';
import type { Items } from './listing.ts';

/** The objects in which engines keep what is listed, and whose labels `-l` means. */
const kept: Partial<Record<Kind, () => readonly ResourceType[]>> = {
  points: () => engines.flatMap(({ pointKinds = [] }) => pointKinds),
  schedules: () => engines.flatMap(({ schedule }) => (schedule ? [schedule.type] : [])),
  restores: () => engines.flatMap(({ restoreKinds = [] }) => restoreKinds),
};

/** Those whose object carries the labels. UsageError for a selector that is none, and for kinds that no object stands for. */
export async function labelled<T extends Items[Kind]>(kind: Kind, items: readonly T[], selector: string, context: Context): Promise<T[]> {
  const types = kept[kind]?.();
  if (!types) throw new UsageError(`-l means nothing to ${kind}: only ${Object.keys(kept).join(', ')} have labels of their own`, 'get');
  const requirements = parseSelector(selector);
  if (!requirements) throw new UsageError(`"${selector}" is no label selector; one is written a=b,c!=d,e in (f,g)`, 'get');
  const { reader } = await context.fleet();
  const readings = await reader.read(types, { identity: false, signal: context.signal });
  const found = new Set(
    readings.flatMap(({ cluster, objects }) =>
      [...objects.values()]
        .flat()
        .filter(({ metadata }) => matches(requirements, metadata.labels))
        .flatMap((object) => namesOf(object).map((name) => `${cluster}/${name}`)),
    ),
  );
  return items.filter((item) => {
    const { cluster, namespace, name } = item.metadata as { cluster?: string; namespace?: string; name: string };
    const operation = item.kind === 'Restore' && item.spec.operation;
    return found.has(operation ? `${cluster}/operation ${operation}` : `${cluster}/${namespace}/${name}`);
  });
}

/** Several snapshots may be one point, and what an operation of ours asked for is told by the operation. */
function namesOf({ metadata: { namespace, name, labels } }: KubeObject): string[] {
  const [point, operation] = [labels?.[ours.point], labels?.[ours.operation]];
  return [
    `${namespace}/${name}`,
    ...(point === undefined ? [] : [`${namespace}/${point}`]),
    ...(operation === undefined ? [] : [`operation ${operation}`]),
  ];
}
