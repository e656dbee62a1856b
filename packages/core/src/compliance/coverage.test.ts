import type { Scope } from '../protection/model.ts';
import { covers, takesEverything } from './coverage.ts';

const scope = (changes: Partial<Scope> = {}): Scope => ({ namespaces: '*', excludedNamespaces: [], ...changes });
const target = (namespace: string, ...labels: Record<string, string>[]) => ({ namespace, labels });

describe('covers', () => {
  it.each<[Partial<Scope>, boolean]>([
    [{}, true],
    [{ namespaces: ['shop'] }, true],
    [{ namespaces: ['other', 'sho*'] }, true],
    [{ namespaces: ['other'] }, false],
    [{ namespaces: [] }, false],
    [{ excludedNamespaces: ['shop'] }, false],
    [{ excludedNamespaces: ['s?op'] }, false],
    [{ labelSelector: 'app=web' }, true],
    [{ labelSelector: 'app=db' }, false],
    [{ labelSelector: 'something odd ===' }, true],
  ])('%j', (changes, expected) => {
    expect(covers(scope(changes), target('shop', { app: 'web' }, { app: 'cache' }))).toBe(expected);
  });

  it('does not exclude what it knows no objects of', () => {
    expect(covers(scope({ labelSelector: 'app=db' }), target('shop'))).toBe(true);
  });

  it('knows limits by type', () => {
    expect(takesEverything(scope())).toBe(true);
    expect(takesEverything(scope({ includedResources: ['*'] }))).toBe(true);
    expect(takesEverything(scope({ includedResources: ['configmaps'] }))).toBe(false);
    expect(takesEverything(scope({ excludedResources: ['secrets'] }))).toBe(false);
    expect(takesEverything(scope({ labelSelector: 'a=b' }))).toBe(false);
  });
});
