import fc from 'fast-check';
import { now } from '../../fixtures/clock.ts';
import { point, shopPoints } from '../../fixtures/points.ts';
import { laneOf } from './marks.ts';

const day = 86_400_000;
const yes = (component: string) => ({ component, usable: 'yes' as const, reasons: [] });

describe('a lane of the timeline', () => {
  it('holds the points of its component, oldest first, each where its time is', () => {
    const { marks } = laneOf(shopPoints, 'orders-db', now - 30 * day, now);
    expect(marks).toHaveLength(30);
    expect(marks.at(-1)).toMatchObject({ usable: 'no', points: [{ metadata: { name: 'shop-daily-20261123' } }] });
    expect(marks.map((mark) => mark.position)).toEqual(marks.map((mark) => mark.position).toSorted((a, b) => a - b));
    expect(laneOf(shopPoints, 'recommender', now - 30 * day, now).marks).toEqual([]);
  });

  it('leaves out what has no time that can be drawn', () => {
    const odd = [
      point('none', 0, [yes('a')], { capturedAt: undefined }),
      point('word', 0, [yes('a')], { capturedAt: 'yesterday' }),
      point('future', 0, [yes('a')], { capturedAt: '9999-01-01T00:00:00Z' }),
      point('old', 90 * 86_400, [yes('a')]),
    ];
    expect(laneOf(odd, 'a', now - 30 * day, now).marks).toEqual([]);
  });

  it('draws ten thousand points as few marks and loses none', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => point(`p${index}`, index * 200, [yes('a')]));
    const { marks } = laneOf(many, 'a', now - 30 * day, now);
    expect(marks.length).toBeLessThanOrEqual(91);
    expect(marks.flatMap((mark) => mark.points)).toHaveLength(10_000);
  });

  it('never hides a usable point behind an unusable one, whatever the points', () => {
    const use = fc.constantFrom('yes' as const, 'no' as const, 'unknown' as const);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 30 * 86_400 }), use), { maxLength: 200 }), (cases) => {
        const points = cases.map(([age, usable], index) => point(`p${index}`, age, [{ component: 'a', usable, reasons: [] }]));
        const { marks } = laneOf(points, 'a', now - 30 * day, now);
        expect(marks.flatMap((mark) => mark.points)).toHaveLength(points.length);
        for (const mark of marks) for (const each of mark.points) expect(each.status.use![0]!.usable).toBe(mark.usable);
        expect(new Set(marks.map((mark) => mark.id)).size).toBe(marks.length);
      }),
    );
  });
});
