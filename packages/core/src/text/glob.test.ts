import fc from 'fast-check';
import { isPattern, matchesPattern } from './glob.ts';

describe('matchesPattern', () => {
  it.each([
    ['shop', 'shop', true],
    ['shop', 'shop2', false],
    ['shop-*', 'shop-gpu', true],
    ['shop-*', 'shop-', true],
    ['shop-*', 'shop', false],
    ['*-db', 'orders-db', true],
    ['*a*b*c', 'xxaxxbxxbc', true],
    ['*a*b*c', 'xxaxxc', false],
    ['s?op', 'shop', true],
    ['s?op', 'sop', false],
    ['team-[ab]', 'team-a', true],
    ['team-[a-c]', 'team-b', true],
    ['team-[!ab]', 'team-a', false],
    ['team-[^ab]', 'team-c', true],
    ['team-[', 'team-[', true],
    ['a.c', 'abc', false],
    ['*', '', true],
    ['', '', true],
    ['[z-a]', 'b', false],
  ])('%s on %s is %s', (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected);
  });

  it('matches a plain name only with itself', () => {
    const plain = fc.stringMatching(/^[a-z0-9-]{1,10}$/);
    fc.assert(fc.property(plain, plain, (pattern, name) => matchesPattern(pattern, name) === (pattern === name) && !isPattern(pattern)));
  });

  it('finds a name again that was cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{0,5}$/), { maxLength: 6 }), (pieces) =>
        matchesPattern(pieces.join('*'), pieces.join('xy')),
      ),
    );
  });

  it('reads any pattern, and a hostile one soon', () => {
    fc.assert(fc.property(fc.string({ maxLength: 100 }), fc.string(), (pattern, name) => void matchesPattern(pattern, name)));
    // Tried in every way that it could be taken apart it would take longer than anybody waits.
    expect(matchesPattern(`${'*a'.repeat(1000)}b`, 'a'.repeat(253))).toBe(false);
  });
});
