import type { InPlacePlace } from './inputs.ts';
import { safetyMarksOf, safetyName } from './safety-name.ts';

const at = '2026-01-15T12:00:00.000Z';
const placeOf = (cluster: string, namespace = 'shop') => ({ cluster, namespace }) as unknown as InPlacePlace;
const east = placeOf('east');

type About = Parameters<typeof safetyMarksOf>[0];

async function names({ places = [east], of = ['db'], basis = { 'east/StatefulSet shop/db': 'u1 aaaa' }, more = {} } = {}): Promise<
  string[]
> {
  const request = { intent: 'Restore', application: 'shop', at, ...more };
  const marks = await safetyMarksOf({ request, status: { application: { name: 'shop' } }, places } as unknown as About, basis);
  return places.flatMap((place) => of.map((name) => safetyName(place, name, request.at, marks)));
}

describe('the name of a safety backup', () => {
  it('tells the place, what of it and the second, and is the same when the plan is made again', async () => {
    expect(await names()).toEqual(await names());
    expect((await names())[0]).toMatch(/^before-restore-shop-db-20260115120000-[0-9a-f]{6}$/);
  });

  it('is another one for whatever is another restore, of the same second as well', async () => {
    const all = [
      ...(await names()),
      ...(await names({ more: { at: '2026-01-15T12:00:00.001Z' } })),
      ...(await names({ more: { prune: true } })),
      ...(await names({ basis: { 'east/StatefulSet shop/db': 'u1 bbbb' } })),
    ];
    expect(new Set(all).size).toBe(4);
  });

  it('is another one on another cluster, whose backups may lie in the same location', async () => {
    const [first, second] = await names({ places: [east, placeOf('west')] });
    expect(first).not.toBe(second);
  });

  it('is a label of its own, with room for a second attempt, however long names are', async () => {
    const namespace = 'a-namespace-of-sixty-three-characters-'.repeat(2).slice(0, 63);
    const long = await names({ places: [placeOf('east', namespace)], of: ['Orders.Database', 'orders-database-1', 'orders-database-2'] });
    expect(new Set(long).size).toBe(3);
    for (const name of long) expect(name).toMatch(/^[a-z0-9](-?[a-z0-9])*$/);
    expect(Math.max(...long.map(({ length }) => length))).toBeLessThanOrEqual(60);
  });
});
