import fc from 'fast-check';
import { matches, parseSelector, selectorOf, exclude } from './selector.ts';

const check = (selector: string, labels: Record<string, string>) => matches(parseSelector(selector)!, labels);

describe('selectors', () => {
  it.each([
    ['', {}, true],
    ['app=web', { app: 'web' }, true],
    ['app == web', { app: 'web' }, true],
    ['app=web', { app: 'db' }, false],
    ['app=web', {}, false],
    ['app!=web', {}, true],
    ['app!=web', { app: 'web' }, false],
    ['tier in (a, b),app', { tier: 'b', app: 'x' }, true],
    ['tier in (a,b),app', { tier: 'b' }, false],
    ['tier notin (a)', { tier: 'a' }, false],
    ['tier notin (a)', {}, true],
    ['!canary', {}, true],
    ['!canary', { canary: '' }, false],
    ['canary=', { canary: '' }, true],
    ['app.kubernetes.io/part-of=shop,app.kubernetes.io/name notin (x,y)', { 'app.kubernetes.io/part-of': 'shop' }, true],
    ['constructor', {}, false],
  ])('%s on %j is %s', (selector, labels, expected) => {
    expect(check(selector, labels as Record<string, string>)).toBe(expected);
  });

  it.each(['a=b=c', 'a in b', 'a in (b', '=x', 'a,,b', 'a b', '-a', 'a=-'])('does not read %j', (text) => {
    expect(parseSelector(text)).toBeUndefined();
  });

  it('matches what it was made of', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(fc.dictionary(label, label), (labels) => {
        expect(check(selectorOf(labels), labels)).toBe(true);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseSelector(text)));
  });
});

it.each([
  ['app=web', 'app=db', true],
  ['app in (web,api),tier=1', 'app=db', true],
  ['app in (web,db)', 'app==db', false],
  ['app=web', 'tier=2', false],
  ['app!=web', 'app=web', false],
  ['app', 'app=web', false],
  ['(', 'app=web', false],
  ['', 'app=web', false],
])('%s and %s have surely nothing in common: %s', (one, other, apart) => {
  expect([exclude(one, other), exclude(other, one)]).toEqual([apart, apart]);
});
