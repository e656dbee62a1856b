import fc from 'fast-check';
import { editDistance, nearest } from './nearest.ts';

describe('nearest', () => {
  it('finds slips and swaps', () => {
    expect(nearest('shpo', ['web', 'shop', 'orders'])).toBe('shop');
    expect(nearest('orders-bd', ['orders', 'orders-db'])).toBe('orders-db');
    expect(nearest('Shop', ['shop'])).toBe('shop');
  });

  it('suggests nothing when nothing is near', () => {
    expect(nearest('billing', ['shop', 'orders'])).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });

  it('measures a distance', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });
});
