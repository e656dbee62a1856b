import fc from 'fast-check';
import { readPlacements } from './placement-annotations.ts';

const read = (values: Record<string, string>) =>
  readPlacements(Object.fromEntries(Object.entries(values).map(([name, value]) => [`backstage.io/kubernetes-${name}`, value])));
const where = (values: Record<string, string>) =>
  read(values).placements.map(
    ({ cluster, namespace, labelSelector }) => `${cluster ?? '*'}/${namespace}${labelSelector ? ` ${labelSelector}` : ''}`,
  );

describe('readPlacements', () => {
  it.each<[Record<string, string>, string[]]>([
    [{}, []],
    [{ cluster: 'east' }, []],
    [{ namespace: 'shop' }, ['*/shop']],
    [{ namespace: 'shop', cluster: 'east' }, ['east/shop']],
    [{ namespace: 'shop', cluster: 'east, west' }, ['east/shop', 'west/shop']],
    [{ namespace: 'shop,shop-gpu', cluster: 'east' }, ['east/shop', 'east/shop-gpu']],
    [{ namespace: 'shop, shop-gpu', cluster: 'east, west' }, ['east/shop', 'west/shop-gpu']],
    [{ namespace: 'shop,gpu,shop', cluster: 'east,west,west' }, ['east/shop', 'west/gpu', 'west/shop']],
    [{ namespace: 'shop,shop', cluster: 'east,east' }, ['east/shop']],
    [{ namespace: 'shop', id: 'orders' }, ['*/shop backstage.io/kubernetes-id=orders']],
    [{ namespace: 'shop', id: 'orders', 'label-selector': 'app=orders,tier in (a,b)' }, ['*/shop app=orders,tier in (a,b)']],
  ])('%j', (values, expected) => {
    expect(where(values)).toEqual(expected);
    expect(read(values).problems).toEqual([]);
  });

  it('looks for what names a label and no namespace', () => {
    expect(read({ id: 'orders', cluster: 'east' })).toEqual({
      placements: [],
      problems: [],
      lookup: { clusters: ['east'], labelSelector: 'backstage.io/kubernetes-id=orders' },
    });
  });

  it.each<[Record<string, string>, string]>([
    [{ namespace: 'a,b,c', cluster: 'east,west' }, 'lists 3 namespaces'],
    [{ namespace: '../secrets' }, 'is not the name of a namespace'],
    [{ namespace: 'shop', id: 'or ders' }, 'cannot be the value of a label'],
    [{ namespace: 'shop', 'label-selector': 'a=b=c' }, 'is not a label selector'],
  ])('places nothing for %j', (values, problem) => {
    expect(where(values)).toEqual([]);
    expect(read(values).problems.join()).toContain(problem);
  });

  it('never throws', () => {
    const text = fc.string();
    fc.assert(fc.property(text, text, text, (namespace, cluster, id) => void read({ namespace, cluster, id })));
  });
});
