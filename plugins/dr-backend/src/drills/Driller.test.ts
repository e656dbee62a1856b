import { mockServices } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { CatalogContents } from '@kubectl-dr/core/ports/catalog';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import type { ApplicationStatus, ComponentStatus } from '@kubectl-dr/core/service/model';
import { createDrService } from '@kubectl-dr/core/service/service';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import { operationOf, planOf } from '@kubectl-dr/core/testing/operations';
import { OperationRunner } from '../operations/OperationRunner.ts';
import { createWorld, entities } from '../testing/world.ts';
import { Driller } from './Driller.ts';
import { dueDrills } from './due.ts';

const day = 86_400_000;

const monthly = {
  apiVersion: 'kubectl-dr.dev/v1alpha1',
  kind: 'DRPolicy',
  metadata: { name: 'monthly' },
  spec: { owner: 'platform', objectives: { rto: '1h' }, drills: { every: '30d' } },
};

/** The teams of `world.ts`; `shop` and `mixed` are to be proven every month. */
async function world() {
  const clock = new FakeClock(new Date(), { auto: true });
  const { east, engine } = createWorld(clock);
  const assigned = entities.map((entity) =>
    entity.kind === 'System' && ['shop', 'mixed'].includes(entity.metadata.name)
      ? { ...entity, metadata: { ...entity.metadata, annotations: { 'kubectl-dr.dev/policy': 'monthly' } } }
      : entity,
  );
  const catalog = { entities: [...assigned, monthly], problems: [] } as CatalogContents;
  let fresh: 'fresh' | 'stale' = 'fresh';
  const audit: string[] = [];

  /** One replica, with what its index knows as it is now. */
  async function replica(holder = 'portal-0') {
    const leaving = new AbortController();
    const service = createDrService({
      clusters: [east],
      reader: new ListReader([east]),
      engines: [engine],
      clock,
      holder,
      catalog: { read: async () => catalog },
    });
    const runner = new OperationRunner({ logger: mockServices.logger.mock(), clock, onChange: () => undefined, onEnd: () => undefined });
    const round = async () => {
      const [{ applications }, operations] = await Promise.all([service.fleet(), service.operations()]);
      return new Driller({
        service,
        applications: () => applications,
        operations: () => operations,
        states: () => [{ cluster: 'east', state: fresh }],
        runner,
        auditor: {
          createEvent: async ({ eventId, meta }) => ({
            success: async () => void audit.push(`${eventId} ${String(meta!.application)}: success`),
            fail: async (failure) => void audit.push(`${eventId} ${String(meta!.application)}: ${String(failure?.meta?.code)}`),
          }),
        },
        logger: mockServices.logger.mock(),
        clock,
        leaving: leaving.signal,
      }).round(new AbortController().signal);
    };
    return { service, runner, round, die: () => leaving.abort(new Error('killed')) };
  }

  const drills = async () =>
    (await (await replica('looking')).service.operations())
      .toReversed()
      .map(({ plan, state, evidence }) => [plan.application, plan.components, state, evidence?.record.status.cleanUp.state]);
  const namespaces = () => east.peek(types.namespaces).flatMap(({ metadata: { name } }) => (name.includes('drill') ? [name] : []));
  return { clock, east, engine, replica, drills, namespaces, audit, setFresh: (state: 'fresh' | 'stale') => void (fresh = state) };
}

describe('drills that policies ask for on a cluster', () => {
  const status = (on: string | undefined, name = 'db'): ComponentStatus =>
    ({
      component: { name, placements: [{ cluster: 'east', namespace: 'shop' }] },
      policy: { drills: { every: 30 * day, ...(on !== undefined && { on }) } },
      point: {},
      proof: { at: '2026-01-14T00:00:00Z', operation: 'drill-shop-0' },
    }) as unknown as ComponentStatus;
  const of = (...components: ComponentStatus[]) => [{ application: { name: 'shop' }, components } as unknown as ApplicationStatus];
  const now = new Date('2026-01-15T12:00:00Z');
  const drill = async (cluster: string) =>
    operationOf(await planOf({ intent: 'Drill', components: ['db'], target: [{ cluster, namespaces: ['x'] }] }), {
      state: 'Succeeded',
      endedAt: '2026-01-14T00:00:00Z',
    });

  it('are due until it was proven there, and are for that cluster alone', async () => {
    expect(dueDrills(of(status(undefined)), [], now)).toEqual([]);
    const due = { application: 'shop', components: ['db'], since: 0, on: 'west', clusters: ['west'] };
    expect(dueDrills(of(status('west')), [await drill('east')], now)).toEqual([due]);
    expect(dueDrills(of(status('west')), [await drill('west')], now)).toEqual([]);
  });

  it('come one cluster after the other where parts of an application are to be tried on several', () => {
    const both = dueDrills(of(status('west'), status('north', 'web'), status('west', 'search')), [], now);
    expect(both).toMatchObject([{ components: ['db', 'search'], on: 'west' }]);
  });
});

describe('drills that policies ask for', () => {
  it('run one after the other on a cluster, each until nothing of it is left, and not again before they are due', async () => {
    const { clock, replica, drills, namespaces, audit } = await world();
    const { round, runner } = await replica();
    const first = await round();
    expect(first.started).toHaveLength(1);
    await runner.idle();
    expect((await round()).started).toHaveLength(1);
    await runner.idle();
    expect(await drills()).toEqual([
      ['mixed', ['front', 'model', 'search'], 'Succeeded', 'Verified'],
      ['shop', ['web', 'orders-db'], 'Succeeded', 'Verified'],
    ]);
    expect(namespaces()).toEqual([]);
    expect(audit).toEqual(['restore-create mixed: success', 'restore-create shop: success']);

    expect(await round()).toEqual({ started: [], resumed: [] });
    await clock.advance(31 * day);
    expect((await round()).started).toHaveLength(1);
    await runner.idle();
  });

  it('do not begin a second time when another replica looks at the same moment', async () => {
    const { engine, replica, drills } = await world();
    const [one, two] = [await replica('portal-0'), await replica('portal-1')];
    const rounds = await Promise.all([one.round(), two.round()]);
    expect(new Set(rounds.flatMap(({ started }) => started)).size).toBe(1);
    await Promise.all([one.runner.idle(), two.runner.idle()]);
    expect(await drills()).toEqual([['mixed', expect.anything(), 'Succeeded', 'Verified']]);
    expect(engine.started).toHaveLength(new Set(engine.started).size);
  });

  it('are continued, and cleaned up, by another replica when theirs is gone', async () => {
    const { replica, drills, namespaces, engine } = await world();
    engine.looksUntilEnd = 1_000_000;
    const gone = await replica('portal-0');
    const { started } = await gone.round();
    gone.die();
    await gone.runner.idle();
    expect(await drills()).toEqual([['mixed', expect.anything(), 'Running', undefined]]);
    engine.looksUntilEnd = 2;
    const other = await replica('portal-1');
    expect((await other.round()).resumed).toEqual(started);
    await other.runner.idle();
    expect(await drills()).toEqual([['mixed', expect.anything(), 'Succeeded', 'Verified']]);
    expect(namespaces()).toEqual([]);
  });

  it('that failed are tried again the next day', async () => {
    const { clock, engine, replica, drills } = await world();
    engine.failing = 'restore';
    const { round, runner } = await replica();
    for (let turn = 0; turn < 3; turn += 1) {
      await round();
      await runner.idle();
    }
    expect(await drills()).toEqual([
      ['mixed', expect.anything(), 'Failed', 'Verified'],
      ['shop', expect.anything(), 'Failed', 'Verified'],
    ]);
    await clock.advance(day + 1);
    expect((await round()).started).toHaveLength(1);
    await runner.idle();
  });

  it('wait while what is there is not known for certain', async () => {
    const { replica, setFresh, drills } = await world();
    setFresh('stale');
    expect(await (await replica()).round()).toEqual({ started: [], resumed: [] });
    expect(await drills()).toEqual([]);
  });

  it('leave a blocked one, tell the auditor, and go on with the next', async () => {
    const { engine, replica, drills, audit } = await world();
    const started = engine.interpret.bind(engine);
    // Gone between the look that found it due and the plan.
    const { round, runner } = await replica();
    const contents = vi.spyOn(engine, 'objects').mockImplementation(async (_, point) => {
      if (point.name === 'mixed-1') throw new ServiceUnavailableError('the bucket does not answer');
      return engine.inside.get(point.id)!.objects;
    });
    await round();
    await runner.idle();
    contents.mockRestore();
    engine.interpret = started;
    expect((await drills()).map(([application]) => application)).toEqual(['shop']);
    expect(audit.filter((line) => line.startsWith('restore-create shop'))).toEqual(['restore-create shop: success']);
  });
});
