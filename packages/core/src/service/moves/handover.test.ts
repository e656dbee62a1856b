import type { Plan } from '../../planning/model.ts';
import type { Handed } from '../../planning/move/handover.ts';
import { notApplied } from './handover.ts';

const told = (asked: Record<string, string> | undefined, policy?: Record<string, string>, rest?: Record<string, string>) =>
  notApplied(
    { intent: 'Relocate', application: 'shop', to: 'west', at: '', ...(asked && { namespaces: asked }) },
    [
      {
        managed: { engine: 'ramen', name: 'shop', namespaces: ['shop'] },
        components: [{ component: { name: 'web' }, policy: { mapping: policy && { west: { namespaces: policy } } } }],
      } as unknown as Handed,
    ],
    rest && ({ mapping: { namespaces: rest } } as Plan),
  ).map(({ code, severity }) => `${severity} ${code}`);

describe('a namespace that an engine moves by itself', () => {
  it('keeps its name: a policy that says otherwise is warned of, and who asks for it is refused', () => {
    expect(told(undefined)).toEqual([]);
    expect(told(undefined, { shop: 'shop-dr' })).toEqual(['warning MAPPING_NOT_APPLIED']);
    expect(told({ shop: 'shop-dr' })).toEqual(['blocker MAPPING_NOT_APPLIED']);
    // As it is called here, and one that it does not move.
    expect(told({ shop: 'shop' })).toEqual([]);
    expect(told({ ml: 'ml-dr' }, undefined, { ml: 'ml-dr' })).toEqual([]);
  });

  it('is not torn: where a part of it would go under another name beside it, nothing goes', () => {
    expect(told(undefined, { shop: 'shop-dr' }, { shop: 'shop-dr' })).toEqual(['blocker MAPPING_NOT_APPLIED']);
  });
});
