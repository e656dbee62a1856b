import type { ApplicationStatus, ComponentStatus, Verdict } from '@kubectl-dr/core/service/model';
import { type Sort, sortedBy } from '../index/urgency.ts';
import { coverageOf, ownersOf } from './FleetReads.ts';
import { type Order, countsOf, matchesFilter, pageOf } from './pages.ts';

interface Given {
  verdict?: Verdict;
  owner?: string;
  title?: string;
  ageSeconds?: number;
  components?: Partial<ComponentStatus>[];
}

function application(name: string, { verdict = 'Protected', owner, title, ageSeconds, components = [] }: Given = {}): ApplicationStatus {
  return {
    application: { name, entityRef: `system:default/${name}`, owner, title, components: [] },
    verdict,
    ageSeconds,
    components,
  } as unknown as ApplicationStatus;
}

const fleet = [
  application('b', { owner: 'group:default/two', ageSeconds: 60 }),
  application('a', { owner: 'group:default/one', ageSeconds: 600, title: 'Zebra' }),
  application('d', { verdict: 'Breached', ageSeconds: 60 }),
  application('c', { verdict: 'Unprotected', owner: 'group:default/none' }),
];
const names = (list: readonly ApplicationStatus[]) => list.map((one) => one.application.name).join('');

/** All pages of two, as somebody who follows the cursors sees them. */
function walked(by: Order, statuses = fleet): string {
  const pages = [];
  let cursor: string | undefined;
  do {
    const page = pageOf(sortedBy(by.sort, statuses), { ...by, limit: 2, cursor });
    pages.push(names(page.items));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return pages.join(' ');
}

describe('a page of applications', () => {
  it.each<[Sort, string, string]>([
    ['verdict', 'cd ab', 'ba dc'],
    ['name', 'bc da', 'ad cb'],
    ['owner', 'dc ab', 'ba cd'],
    ['age', 'bd ac', 'ca db'],
  ])('follows the one before, sorted by %s', (sort, ascending, descending) => {
    expect(walked({ sort, order: 'ascending' })).toBe(ascending);
    expect(walked({ sort, order: 'descending' })).toBe(descending);
  });

  it('goes on behind the last that was seen, though that one is gone', () => {
    const by = { sort: 'name', order: 'ascending', limit: 1 } as const;
    const { nextCursor } = pageOf(sortedBy('name', fleet), by);
    expect(names(pageOf(sortedBy('name', fleet.slice(1)), { ...by, cursor: nextCursor }).items)).toBe('c');
  });

  it('takes no cursor of another order, and none that was made up', () => {
    const by = { sort: 'name', order: 'ascending', limit: 1 } as const;
    const { nextCursor: cursor } = pageOf(fleet, by);
    const made = Buffer.from(JSON.stringify(['name', 'ascending', 3, 'a'])).toString('base64url');
    for (const other of [
      { ...by, sort: 'owner' as const, cursor },
      { ...by, order: 'descending' as const, cursor },
      { ...by, cursor: made },
    ])
      expect(() => pageOf(fleet, other)).toThrow('not one that this API gave out');
  });

  it('is of those that are wanted: by part of name, title or owner, and of nobody', () => {
    const wanted = (filter: Parameters<typeof matchesFilter>[1]) => names(fleet.filter((status) => matchesFilter(status, filter)));
    expect(wanted({ q: 'ZEB' })).toBe('a');
    expect(wanted({ q: 'default/t' })).toBe('b');
    expect(wanted({ owner: ['none'] })).toBe('d');
    expect(wanted({ owner: ['one', 'none'] })).toBe('ad');
    expect(wanted({ verdict: ['Breached', 'Unprotected'] })).toBe('dc');
  });
});

describe('what is counted of a fleet', () => {
  it('counts every verdict, also those that nobody has, and per owner', () => {
    expect(countsOf(fleet)).toEqual({ Unknown: 0, Unprotected: 1, Breached: 1, AtRisk: 0, Unproven: 0, Protected: 2 });
    expect(ownersOf(fleet).items.map(({ owner, total, verdicts }) => [owner, total, verdicts.Protected])).toEqual([
      [undefined, 1, 0],
      ['group:default/none', 1, 0],
      ['group:default/one', 1, 1],
      ['group:default/two', 1, 1],
    ]);
  });

  it('lists volumes that would come back empty, all where there is no usable point, and knows what could not be read', () => {
    const volume = { cluster: 'east', namespace: 'wiki', claim: 'pages' };
    const part = (name: string, verdict: Verdict, more: object = {}) =>
      ({ component: { name }, verdict, volumes: [volume], ...more }) as unknown as Partial<ComponentStatus>;
    const applications = [
      application('lost', { components: [part('lost', 'Unprotected')] }),
      application('unread', { components: [part('unread', 'Unknown')] }),
      application('held', { components: [part('held', 'Protected', { volumes: [{ ...volume, capture: { state: 'captured' } }] })] }),
      application('partly', { components: [part('partly', 'Breached', { point: {} })] }),
    ];
    const all = coverageOf(applications, { limit: 10 });
    expect(all.volumes).toEqual({ total: 4, captured: 1 });
    expect(all.gaps.map(({ application: name, state }) => [name, state])).toEqual([
      ['lost', 'absent'],
      ['unread', 'unknown'],
      ['partly', 'absent'],
    ]);
    const first = coverageOf(applications, { state: ['absent'], limit: 1 });
    expect([first.total, first.gaps.map((gap) => gap.application)]).toEqual([2, ['lost']]);
  });
});
