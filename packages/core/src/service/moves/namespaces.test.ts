import type { Application, Component } from '../../application/model.ts';
import type { Operation } from '../../execution/model.ts';
import type { Policy } from '../../policy/model.ts';
import type { Assessment } from '../assess.ts';
import type { ComponentStatus } from '../model.ts';
import { namespacesAt } from './namespaces.ts';

type Names = Record<string, string>;

/** One component in each of these places (`east/shop`), with what the policy says of the clusters. */
function names(
  places: string[],
  to: string,
  { policy = {}, asked, past = [] }: { policy?: Record<string, Names>; asked?: Names; past?: Operation[] } = {},
): Names {
  const mapping = Object.fromEntries(Object.entries(policy).map(([cluster, namespaces]) => [cluster, { namespaces }]));
  const components = places.map((place, index): Component => {
    const [cluster, namespace] = place.split('/') as [string, string];
    return { name: `part-${index}`, dependsOn: [], external: [], placements: [{ cluster, namespace, claim: 'claimed' }] };
  });
  const application: Application = { name: 'shop', source: 'catalog', problems: [], components };
  return namespacesAt({
    application,
    components: components.map((component) => ({ component, policy: { mapping } as unknown as Policy }) as ComponentStatus),
    to,
    request: { ...(asked && { namespaces: asked }) },
    assessment: { applications: [application], past } as unknown as Assessment,
  });
}

let minute = 0;
const move = (from: string, home: string, namespaces?: Names): Operation =>
  ({
    state: 'Succeeded',
    requestedAt: new Date((minute += 60_000)).toISOString(),
    plan: {
      application: 'shop',
      intent: 'Relocate',
      home,
      components: ['part-0'],
      waves: [[{ cluster: from, action: { kind: 'copy.stop' } }]],
      ...(namespaces && { mapping: { namespaces } }),
    },
  }) as unknown as Operation;

const west = { west: { shop: 'shop-dr' } };

it('are called as the policy says at the target, unless the request says it otherwise', () => {
  expect(names(['east/shop'], 'west')).toEqual({});
  expect(names(['east/shop', 'east/ml'], 'west', { policy: west })).toEqual({ shop: 'shop-dr' });
  expect(names(['east/shop'], 'north', { policy: west })).toEqual({});
  expect(names(['east/shop'], 'west', { policy: west, asked: { shop: 'blue' } })).toEqual({ shop: 'blue' });
  expect(names(['east/shop'], 'west', { policy: west, asked: { shop: 'shop' } })).toEqual({});
});

it('have their own names again when they come back, by the record of the move or by the policy', () => {
  expect(names(['west/blue'], 'east', { past: [move('east', 'west', { shop: 'blue' })] })).toEqual({ blue: 'shop' });
  expect(names(['west/shop-dr'], 'east', { policy: west })).toEqual({ 'shop-dr': 'shop' });
  // The record knows better than a policy that has been changed since.
  const policy = { west: { other: 'blue' } };
  expect(names(['west/blue'], 'east', { policy, past: [move('east', 'west', { shop: 'blue' })] })).toEqual({ blue: 'shop' });
});

it('are known at a third cluster by their own names as well', () => {
  const past = [move('east', 'west', { shop: 'shop-dr' })];
  expect(names(['west/shop-dr'], 'north', { policy: { ...west, north: { shop: 'shop-n' } }, past })).toEqual({ 'shop-dr': 'shop-n' });
  const further = [...past, move('west', 'north', { 'shop-dr': 'shop-n' })];
  expect(names(['north/shop-n'], 'east', { past: further })).toEqual({ 'shop-n': 'shop' });
  expect(names(['north/shop-n'], 'west', { policy: west, past: further })).toEqual({ 'shop-n': 'shop-dr' });
});

it('are refused where nobody could find the way back', () => {
  expect(() => names(['east/shop', 'east/ml'], 'west', { asked: { shop: 'ml' } })).toThrow(/both become ml on west/);
  expect(names(['east/shop', 'east/ml'], 'west', { asked: { shop: 'ml', ml: 'shop' } })).toEqual({ shop: 'ml', ml: 'shop' });
  expect(() => names(['east/shop'], 'west', { asked: { pay: 'x' } })).toThrow(/in a namespace pay would go to west/);
  expect(() => names(['east/shop'], 'west', { asked: { shop: 'a b' } })).toThrow(/can be called "a b"/);
});
