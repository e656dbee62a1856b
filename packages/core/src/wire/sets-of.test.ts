import { describe, expect, it } from 'vitest';
import { apiVersion } from './api-version.ts';
import type { WireApplication } from './application.ts';
import type { WireRecoveryPoint } from './protection.ts';
import { listedSetSchema } from './recovery-set.ts';
import { joins, setsOf } from './sets-of.ts';

const minute = 60_000;
const now = new Date('2026-01-15T12:00:00Z');
const iso = (minutes: number): string => new Date(now.getTime() - minutes * minute).toISOString();

interface Part {
  name: string;
  clusters?: (string | undefined)[];
  skewSeconds?: number;
}

const application = (...parts: Part[]): WireApplication =>
  ({
    metadata: { name: 'shop' },
    spec: {
      components: parts.map(({ name, clusters = ['east'] }) => ({
        name,
        placements: clusters.map((cluster) => ({ cluster, namespace: 'shop', claim: 'claimed' })),
      })),
    },
    status: {
      components: parts.map(({ name, skewSeconds }) => ({ name, ...(skewSeconds !== undefined && { consistency: { skewSeconds } }) })),
    },
  }) as unknown as WireApplication;

const point = (
  name: string,
  minutes: number,
  components: string[],
  {
    cluster = 'east',
    usable = 'yes',
    ...spec
  }: { cluster?: string; usable?: 'yes' | 'no' | 'unknown'; holds?: 'data'; safety?: true } = {},
): WireRecoveryPoint => ({
  apiVersion,
  kind: 'RecoveryPoint',
  metadata: { name, namespace: 'velero', cluster },
  spec: { id: `${cluster}/${name}`, engine: 'velero', scope: { namespaces: ['shop'], excludedNamespaces: [] }, ...spec },
  status: {
    phase: 'Succeeded',
    nativePhase: 'Completed',
    capturedAt: iso(minutes),
    use: components.map((component) => ({ component, usable, reasons: [] })),
  },
});

const short = (sets: ReturnType<typeof setsOf>) =>
  sets.map(({ metadata, spec, status }) => [
    metadata.name,
    spec.parts.map((part) => `${part.component}=${part.point.name}`).join(' '),
    status.skewSeconds,
    status.consistency,
    status.lossSeconds,
  ]);

describe('sets of points that belong together', () => {
  it('hold of every component the newest that is not younger, over all clusters, and tell skew and loss', () => {
    const parts = application({ name: 'db', skewSeconds: 600 }, { name: 'gpu', clusters: ['west'], skewSeconds: 1_800 });
    const points = [point('db-1', 5, ['db']), point('db-2', 30, ['db']), point('gpu-1', 12, ['gpu'], { cluster: 'west' })];
    const sets = setsOf(parts, [...points, point('gpu-2', 45, ['gpu'], { cluster: 'west' })], now);
    expect(short(sets)).toEqual([
      ['set-20260115-115500', 'db=db-1 gpu=gpu-1', 420, 'within', 720],
      ['set-20260115-114800', 'db=db-2 gpu=gpu-1', 1_080, 'beyond', 1_800],
      ['set-20260115-113000', 'db=db-2 gpu=gpu-2', 900, 'beyond', 2_700],
    ]);
    expect(sets.every(joins)).toBe(true);
    expect(sets[0]!.spec.parts.map(({ lossSeconds }) => lossSeconds)).toEqual([300, 720]);
    for (const set of sets) expect(listedSetSchema.parse(set)).toEqual(set);
  });

  it('leave out what is not usable, safety copies, and what holds data alone', () => {
    const all = application({ name: 'db' }, { name: 'web' });
    const both = ['db', 'web'];
    const good = point('good', 60, both);
    expect(
      short(
        setsOf(
          all,
          [
            point('bad', 1, both, { usable: 'no' }),
            point('safety', 2, both, { safety: true }),
            point('data', 3, both, { holds: 'data' }),
            point('other', 4, both, { cluster: 'west' }),
            good,
          ],
          now,
        ),
      ),
    ).toEqual([['set-20260115-110000', 'db=good web=good', 0, 'same', 3_600]]);
    expect(joins(setsOf(all, [good], now)[0]!)).toBe(false);
    const [half] = setsOf(all, [point('half', 1, ['db'])], now);
    expect(half!.spec).toMatchObject({ parts: [{ component: 'db' }], missing: ['web'] });
    expect(setsOf(all, [], now)).toEqual([]);
  });

  it('say where a part was not looked into, and that no policy says how far apart they may be', () => {
    const later = setsOf(
      application({ name: 'db', clusters: [undefined] }, { name: 'web' }),
      [point('a', 20, ['db'], { usable: 'unknown' }), point('b', 10, ['web']), point('c', 30, ['web'])],
      now,
    );
    expect(later.map(({ status }) => [status.usable, status.consistency])).toEqual([
      ['unknown', 'unsaid'],
      ['unknown', 'unsaid'],
    ]);
    const [newest] = later;
    expect(newest!.spec.parts.map(({ component, usable }) => [component, usable])).toEqual([
      ['db', 'unknown'],
      ['web', 'yes'],
    ]);
  });
});
