import type { Application, Component } from '../../application/model.ts';
import type { Reason } from '../../reason.ts';
import { componentsOf, remarksOnStaying } from './staying.ts';
import { isBetter, offering, unfitIn } from './unfit.ts';

function component(name: string, dependsOn: string[] = [], cluster = 'east'): Component {
  return { name, dependsOn, external: [], placements: [{ cluster, namespace: 'shop', claim: 'claimed' }] };
}

const shop: Application = {
  name: 'shop',
  source: 'catalog',
  problems: [],
  components: [
    { ...component('web', ['db', 'ranking']), entityRef: 'component:default/web' },
    component('db'),
    component('ranking', ['db']),
    component('mails', [], 'west'),
  ],
};
const told = (reasons: readonly Reason[]) => reasons.map(({ code, severity, message }) => `${severity} ${code}: ${message}`);

describe('the components that are meant', () => {
  it.each<[string, Parameters<typeof componentsOf>[1], string[] | undefined]>([
    ['nothing said', {}, undefined],
    ['named ones', { components: ['web'] }, ['web']],
    ['all but one', { without: ['ranking'] }, ['web', 'db', 'mails']],
    ['one by its entity', { without: ['component:default/web'] }, ['db', 'ranking', 'mails']],
    ['named ones but for one', { components: ['web', 'db'], without: ['db'] }, ['web']],
    ['nothing left', { components: ['web'], without: ['web'] }, []],
  ])('%s', (_, asked, expected) => expect(componentsOf(shop, asked)).toEqual(expected));

  it('none of that name: said with the nearest', () => {
    expect(() => componentsOf(shop, { without: ['rankin'] })).toThrow(
      expect.objectContaining({ message: 'the application shop has no component "rankin"', hint: 'did you mean "ranking"?' }),
    );
  });
});

describe('what stays', () => {
  it('is told with each edge of the graph that is cut, in both directions', () => {
    expect(told(remarksOnStaying(shop, ['web', 'db'], { to: 'west', isReachable: () => true }))).toEqual([
      'info COMPONENT_LEFT_BEHIND: ranking stays on east as it is',
      'warning DEPENDENCY_LEFT_BEHIND: web goes to west and depends on ranking, which stays on east',
      'warning DEPENDENCY_LEFT_BEHIND: ranking stays on east and depends on db, which goes to west',
    ]);
  });

  it('is not running where its cluster is lost, and the risk that was accepted is named', () => {
    const remarks = remarksOnStaying(shop, ['web', 'db'], { to: 'west', isReachable: () => false, override: 'power is cut' });
    expect(told(remarks)).toEqual([
      'warning COMPONENT_LEFT_BEHIND: ranking stays on east, which does not answer: it counts as not running until east is back',
      'warning DEPENDENCY_LEFT_BEHIND: web goes to west and depends on ranking, which is not running as long as east does not answer',
      'info DEPENDENCY_LEFT_BEHIND: ranking stays on east and depends on db, which goes to west',
    ]);
    expect(remarks[0]!.evidence).toEqual(['accepted: power is cut']);
    expect(remarks[1]!.evidence).toEqual(['web -> ranking']);
  });

  it('is nothing where all move, and not what is at the target already', () => {
    expect(remarksOnStaying(shop, ['web', 'db', 'ranking'], { to: 'west', isReachable: () => true })).toEqual([]);
  });
});

describe('what the target cannot run', () => {
  const blocker = (code: Reason['code'], name?: string): Reason => ({
    code,
    severity: 'blocker',
    message: code,
    cluster: 'west',
    fix: 'add such a node',
    ...(name !== undefined && { component: name }),
  });
  const whole = { blockers: [blocker('NO_DEVICE', 'ranking'), blocker('QUOTA_EXCEEDED'), blocker('NO_NODE_SELECTED')] };

  it('is named by component; what belongs to none offers nothing', () => expect(unfitIn(whole)).toEqual(['ranking']));

  it('is worth leaving out where nothing new stands in the way of the rest', () => {
    expect(isBetter({ blockers: [] }, whole)).toBe(true);
    expect(isBetter({ blockers: [blocker('QUOTA_EXCEEDED')] }, whole)).toBe(true);
    expect(isBetter({ blockers: [blocker('COMPONENT_INSEPARABLE', 'web')] }, whole)).toBe(false);
    expect(isBetter({ blockers: [blocker('NO_DEVICE', 'web')] }, { blockers: [blocker('NO_DEVICE', 'web')] })).toBe(false);
  });

  it('is offered by the flag, beside what would mend it', () => {
    expect(whole.blockers.map((reason) => offering(reason, ['ranking', 'train']).fix)).toEqual([
      'add such a node; or leave it where it is: --without ranking --without train',
      'add such a node',
      'add such a node',
    ]);
  });
});
