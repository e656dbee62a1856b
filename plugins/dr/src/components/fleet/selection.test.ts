import { application, inState, part, shop } from '../../fixtures/applications.ts';
import { countByVerdict, gapsOf, inScope, noOwner, troubleByOwner, verdictFrom, worstFirst } from './selection.ts';

const all = [inState.protected, shop, inState.noObjective, inState.unreachable, inState.unclaimed, inState.neverBackedUp];
const names = (list: readonly { metadata: { name: string } }[]) => list.map(({ metadata }) => metadata.name);

describe('the fleet', () => {
  it('is shown worst first, then by name', () => {
    expect(names(worstFirst(all))).toEqual(['grabber', 'search', 'wiki', 'shop', 'blog', 'ledger']);
  });

  it('is narrowed by owner and by text in name, title or owner', () => {
    expect(names(inScope(all, { owner: 'group:default/team-labs' }))).toEqual(['grabber']);
    expect(names(inScope(all, { owner: noOwner }))).toEqual(['blog']);
    expect(names(inScope(all, { q: ' SEAR ' }))).toEqual(['search']);
    expect(names(inScope(all, { q: 'team-labs' }))).toEqual(['grabber']);
  });

  it('counts every verdict, also those that nobody has', () => {
    expect(countByVerdict(all)).toEqual({ Unknown: 2, Unprotected: 1, Breached: 1, AtRisk: 1, Unproven: 0, Protected: 1 });
  });

  it('names the owners to talk to, most trouble first, with all of theirs', () => {
    expect(troubleByOwner(all).map(({ owner, total }) => [owner, total])).toEqual([
      ['group:default/team-shop', 4],
      ['group:default/team-labs', 1],
    ]);
  });

  it('lists volumes that would come back empty, and none that is merely unknown', () => {
    expect(gapsOf(all).map(({ id, state }) => [id, state])).toEqual([['shop/orders-db/east/shop/data-orders-db-0', 'skipped']]);
  });

  it('lists every volume where there is no usable point, and none where nothing could be read', () => {
    const volumes = [{ cluster: 'east', namespace: 'wiki', claim: 'pages', state: 'unknown' as const }];
    const lost = application('wiki', [part('wiki', { status: { verdict: 'Unprotected', recoveryPoint: undefined, volumes } })]);
    const unread = application('wiki', [part('wiki', { status: { verdict: 'Unknown', recoveryPoint: undefined, volumes } })]);
    expect(gapsOf([lost]).map(({ id, state }) => [id, state])).toEqual([['wiki/wiki/east/wiki/pages', 'absent']]);
    expect(gapsOf([unread])).toEqual([]);
  });

  it('takes a verdict only from what is one', () => {
    expect([verdictFrom('Breached'), verdictFrom('breached'), verdictFrom('constructor')]).toEqual(['Breached', undefined, undefined]);
  });
});
