import type { ComponentStatus } from '../../service/model.ts';
import type { Plan, Step } from '../model.ts';
import { type Handed, bridged, handOver } from './handover.ts';

const now = new Date('2026-01-15T12:00:00Z');

function component(name: string, dependsOn: string[] = []): ComponentStatus {
  const placements = [{ cluster: 'east', namespace: 'shop', source: 'catalog', claim: 'agreed' }];
  return {
    component: { name, dependsOn, placements },
    workloads: [],
    volumes: [{ cluster: 'east', namespace: 'shop', claim: `data-${name}` }],
  } as unknown as ComponentStatus;
}

function handed(components: ComponentStatus[], more: Partial<Handed> = {}): Handed {
  const managed = { id: 'hub/ramen/shop/shop', name: 'shop', namespace: 'shop', engine: 'ramen', cluster: 'hub' } as Handed['managed'];
  return {
    managed,
    mover: { clearsSource: true, tests: 'place' },
    components,
    order: {
      kind: 'failover',
      application: { id: managed.id, name: 'shop', namespace: 'shop', cluster: 'hub' },
      from: 'east',
      to: 'west',
      labels: {},
      annotations: {},
      target: 'west',
      leaves: 'east',
      namespaces: ['shop'],
    },
    preview: { reasons: [], claims: [{ claim: 'data-db', capturedAt: '2026-01-15T11:48:00Z' }], writes: [], stages: [] },
    origins: [{ cluster: 'east', namespace: 'shop', reachable: true }],
    to: 'west',
    brings: { workloads: [], checks: [], unchecked: [], policies: [], policiesUnread: [], acts: [] },
    ...more,
  };
}

function step(id: string, kind: Step['action']['kind'], of?: string): Step {
  return { id, title: id, cluster: 'west', action: { kind } as Step['action'], ...(of !== undefined && { component: of }) };
}

const ids = (waves: Plan['waves']): string[] => waves.map((wave) => wave.map(({ id }) => id).join());

it('what is handed over moves after what it depends on works, and before anything starts that depends on it', () => {
  const rest = [
    [step('stop', 'copy.stop')],
    [step('start-cache', 'copy.start', 'cache')],
    [step('ready-cache', 'await.ready', 'cache')],
    [step('start-web', 'copy.start', 'web')],
  ];
  expect(ids(handOver('shop', [handed([component('db', ['cache'])])], rest, now).waves)).toEqual([
    'stop',
    'start-cache',
    'ready-cache',
    'move-shop-shop-hub',
    'ready-db-west-shop',
    'start-web',
    'finish-shop-shop-hub',
  ]);
  expect(ids(handOver('shop', [handed([component('db')])], rest, now).waves).slice(0, 4)).toEqual([
    'stop',
    'move-shop-shop-hub',
    'ready-db-west-shop',
    'start-cache',
  ]);
});

it('what depends on it depends on what it depends on, when the rest is ordered alone', () => {
  const all = [component('web', ['db']), component('db', ['cache']), component('cache', ['db'])].map(({ component: one }) => one);
  expect(bridged(all, new Set(['db'])).map(({ dependsOn }) => dependsOn)).toEqual([['cache'], ['cache'], ['cache']]);
});

it('is lost what was written since the last copy that the engine tells of; what nobody tells is not called nothing', () => {
  expect(handOver('shop', [handed([component('db'), component('web')])], [], now).dataLoss).toEqual([
    { component: 'db', seconds: 720, text: '12 minutes of db' },
    { component: 'web', seconds: 0, text: 'nothing of web' },
  ]);
  const blind = handed([component('db')], { preview: { reasons: [], writes: [], stages: [] } });
  expect(handOver('shop', [blind], [], now).dataLoss).toEqual([
    { component: 'db', seconds: 0, text: 'nobody can tell how much of db', unknown: true },
  ]);
});

it('a silent old copy is left to the engine where it clears it, and else stopped by the release', () => {
  const origins = [{ cluster: 'east', namespace: 'shop', reachable: false }];
  const released = (clearsSource: boolean) =>
    handOver('shop', [handed([component('db')], { origins, mover: { clearsSource, tests: 'place' } })], [], now).release.flat();
  expect(released(true)).toEqual([]);
  expect(released(false).map(({ action }) => action.kind)).toEqual(['copy.stop', 'mover.finish']);
});
