import { type SetSource, recoverySets } from '../planning/recovery-set.ts';
import { setName } from '../planning/set-name.ts';
import { apiVersion } from './api-version.ts';
import type { WireApplication } from './application.ts';
import type { WireRecoveryPoint } from './protection.ts';
import type { WireListedSet, WireSetPart } from './recovery-set.ts';

/** One component on one cluster where it runs, with the points that could bring it back there. */
interface Source extends SetSource {
  cluster: string;
  points: { time: number; point: WireRecoveryPoint; usable: 'yes' | 'unknown' }[];
}

/** The sets that an application could go back to where it runs, the newest first; `points` say for which of its components they are good. */
export function setsOf(application: WireApplication, points: readonly WireRecoveryPoint[], now: Date): WireListedSet[] {
  const all = sourcesOf(application, points);
  const sources = all.filter((source) => source.points.length > 0);
  const missing = application.spec.components.flatMap(({ name }) => (isWhole(all, name) ? [] : [name]));
  const allowed = application.status.components.flatMap(({ consistency }) => consistency?.skewSeconds ?? []);
  const allowedSkewSeconds = allowed.length > 0 ? Math.min(...allowed) : undefined;
  return recoverySets(sources, now, Infinity).map(({ moment, skewSeconds, lossSeconds }) => {
    const taken = sources.flatMap((source) => {
      const found = newestUntil(source, Date.parse(moment));
      return found ? [{ source, ...found }] : [];
    });
    const ids = new Set(taken.map(({ point }) => point.spec.id));
    return {
      apiVersion,
      kind: 'RecoverySet',
      metadata: { name: setName(Date.parse(moment)), application: application.metadata.name },
      spec: { moment, parts: taken.map(({ source, ...found }) => partOf(source, found, now)), missing },
      status: {
        skewSeconds,
        ...(allowedSkewSeconds !== undefined && { allowedSkewSeconds }),
        consistency: ids.size <= 1 ? 'same' : consistencyOf(skewSeconds, allowedSkewSeconds),
        lossSeconds,
        usable: taken.every(({ usable }) => usable === 'yes') ? 'yes' : 'unknown',
      },
    };
  });
}

/** Whether it has a point wherever it runs. */
function isWhole(all: readonly Source[], name: string): boolean {
  const own = all.filter(({ component }) => component === name);
  return own.length > 0 && own.every(({ points }) => points.length > 0);
}

/** Whether it says more than its points do: parts of several. */
export function joins({ spec: { parts } }: WireListedSet): boolean {
  return new Set(parts.map(({ point }) => point.id)).size > 1;
}

function consistencyOf(skew: number, allowed: number | undefined): WireListedSet['status']['consistency'] {
  if (allowed === undefined) return 'unsaid';
  return skew <= allowed ? 'within' : 'beyond';
}

function sourcesOf({ spec: { components } }: WireApplication, points: readonly WireRecoveryPoint[]): Source[] {
  return components.flatMap(({ name, placements }) => {
    const good = points.flatMap((point) => {
      // As a copy beside, the application comes back of points with objects alone.
      if (point.spec.safety || point.spec.holds === 'data') return [];
      const usable = point.status.use?.find((use) => use.component === name)?.usable ?? 'no';
      const time = Date.parse(point.status.capturedAt ?? '');
      return usable === 'no' || !Number.isFinite(time) ? [] : [{ time, point, usable }];
    });
    // A placement without a cluster is wherever points of it are.
    const homes = placements.some(({ cluster }) => cluster === undefined)
      ? good.map(({ point }) => point.metadata.cluster)
      : placements.map(({ cluster }) => cluster);
    return [...new Set(homes)].flatMap((cluster) =>
      cluster === undefined
        ? []
        : [
            sourceOf(
              name,
              cluster,
              good.filter(({ point }) => point.metadata.cluster === cluster),
            ),
          ],
    );
  });
}

function sourceOf(component: string, cluster: string, points: Source['points']): Source {
  const sorted = points.toSorted((a, b) => b.time - a.time);
  const source: Source = {
    component,
    cluster,
    points: sorted,
    newest: sorted[0]?.time ?? -Infinity,
    moments: sorted.map(({ time }) => time),
    at(moment) {
      const found = newestUntil(source, moment);
      return found && { atLeast: found.time, atMost: found.time };
    },
  };
  return source;
}

function newestUntil({ points }: Source, moment: number): Source['points'][number] | undefined {
  // Newest first: for each of thousands of moments this is asked of every component.
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle]!.time <= moment) high = middle;
    else low = middle + 1;
  }
  return points[low];
}

function partOf({ component, cluster }: Source, { point, time, usable }: Source['points'][number], now: Date): WireSetPart {
  return {
    component,
    cluster,
    point: { id: point.spec.id, name: point.metadata.name, engine: point.spec.engine },
    capturedAt: new Date(time).toISOString(),
    lossSeconds: Math.max(0, Math.ceil((now.getTime() - time) / 1000)),
    usable,
  };
}
