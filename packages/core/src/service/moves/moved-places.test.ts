import type { Application, Component, Placement } from '../../application/model.ts';
import type { Assessment } from '../assess.ts';
import { formerIn, inseparable, originsOf } from './moved-places.ts';

function component(name: string, placement: Partial<Placement> = {}): Component {
  return {
    name,
    dependsOn: [],
    external: [],
    placements: [{ cluster: 'east', namespace: 'shop', claim: 'claimed', ...placement }],
  };
}

function seen(...components: Component[]): { application: Application; assessment: Assessment } {
  const application: Application = { name: 'shop', source: 'catalog', problems: [], components };
  // Neither cluster tells what is in it: labels alone decide.
  return {
    application,
    assessment: {
      applications: [application],
      inventory: { get: () => undefined },
      everywhere: (one: Application) => one,
    } as unknown as Assessment,
  };
}

const blocked = ({ application, assessment }: ReturnType<typeof seen>, ...chosen: string[]): string[] =>
  inseparable(application, 'west', assessment, new Set(chosen)).map(({ code, component: name, message }) => `${code} ${name}: ${message}`);

describe('a part of what is in a namespace', () => {
  it('moves by its labels, which name all that is stopped', () => {
    const shop = seen(component('web', { labelSelector: 'app=web' }), component('ranking'));
    expect(blocked(shop, 'web')).toEqual([]);
    expect(originsOf(shop.application, 'west', shop.assessment, new Set(['web']))).toMatchObject([{ labelSelectors: ['app=web'] }]);
  });

  it('does not move where no label tells it from what stays: that would be stopped as well', () => {
    const shop = seen(component('web', { workloads: ['Deployment/web'] }), component('ranking', { workloads: ['Deployment/ranking'] }));
    expect(blocked(shop, 'web')).toEqual([
      'COMPONENT_INSEPARABLE web: no label tells web from ranking in shop on east: whatever stops one stops the other',
    ]);
    expect(blocked(shop, 'web', 'ranking')).toEqual([]);
  });

  it('may move from a namespace of its own', () => {
    expect(blocked(seen(component('web'), component('ranking', { namespace: 'ml' })), 'web')).toEqual([]);
  });
});

it('what a move took to the same namespace of another cluster has left an old copy; what is here still has not', () => {
  const { application, assessment } = seen(
    component('web', { cluster: 'west', labelSelector: 'app=web' }),
    component('db', { labelSelector: 'app=db' }),
    component('ranking', { labelSelector: 'app=ranking' }),
  );
  const place = { cluster: 'east', namespace: 'shop' };
  const former = formerIn(application, assessment, new Set(['ranking']), place);
  expect(former.map(({ labelSelector }) => labelSelector)).toEqual(['app=web']);
  // Under another name there, as long as it is known where it comes from.
  const renamed = seen(component('web', { cluster: 'west', namespace: 'shop-dr', labelSelector: 'app=web' }), component('ranking'));
  const everywhere = (): Application => seen(component('web', { labelSelector: 'app=web' }), component('ranking')).application;
  expect(formerIn(renamed.application, { everywhere }, new Set(['ranking']), place)).toHaveLength(1);
});
