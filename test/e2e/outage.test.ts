import type { Operation, OperationEvent } from '@kubectl-dr/core/execution/model';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { StartedOperation } from '@kubectl-dr/core/service/port';
import { Scene } from '../suites/scene.ts';
import { seenBy } from '../suites/seen-by.ts';
import { siteGrounds } from '../suites/site-ground.ts';

const caller = { name: 'olivia' };
const id = 'move-1';
const relocation = { intent: 'Relocate', to: 'west' } as const;

/** What is seen of it: its last state, and what was told of its steps. */
interface Seen {
  last: Operation;
  told: string[];
  over: boolean;
  end: Promise<Operation>;
}

function watched(started: StartedOperation, look: (event: OperationEvent) => void): Seen {
  const carriedOut = async (): Promise<Operation> => {
    try {
      for await (const event of started.events) {
        if (event.type === 'operation') seen.last = event.operation;
        else if (event.step.message !== undefined) seen.told.push(event.step.message);
        look(event);
      }
      return seen.last;
    } finally {
      seen.over = true;
    }
  };
  const seen: Seen = { last: started.operation, told: [], over: false, end: Promise.resolve().then(carriedOut) };
  seen.end.catch(() => undefined);
  return seen;
}

describe('a move to west, of which a cluster stops answering in the middle', { timeout: 120_000 }, () => {
  let scene: Scene;
  /** Whether `west` does not answer the first process, and only that. */
  let cutOff = false;
  beforeEach(async () => {
    cutOff = false;
    scene = await Scene.open(siteGrounds.memory, 'volsync');
    await scene.write('east', 'of east');
  }, 120_000);
  afterEach(() => scene.close());

  const partly = (cluster: ClusterClient): ClusterClient =>
    seenBy(cluster, {
      before() {
        if (cutOff && cluster.name === 'west') throw new ServiceUnavailableError('west does not answer', { cluster: 'west' });
      },
    });

  /** Until it is in that step, and `lose` has been called. */
  async function begun(step: RegExp, lose: () => void, request: Omit<PlanRequest, 'application'> = relocation): Promise<Seen> {
    const plan = await scene.during(scene.service().plan({ application: 'shop', ...request }, caller));
    expect(plan.blockers).toEqual([]);
    const started = await scene.during(scene.service('first', partly).execute(plan, caller, { operationId: id }));
    let isLost = false;
    const seen = watched(started, (event) => {
      if (isLost || event.type !== 'operation') return;
      isLost = event.operation.steps.some((one) => step.test(one.id) && one.state === 'Running');
      if (isLost) lose();
    });
    await scene.during(until(() => isLost || seen.over));
    expect(isLost).toBe(true);
    return seen;
  }

  /** By another process, to its end. */
  const resumed = (holder: string): Promise<Operation> =>
    scene.during(
      scene
        .service(holder)
        .resume(id, caller)
        .then((started) => started.run()),
    );

  it.each([
    ['west', 'that keeps its journal'],
    ['east', 'that it leaves'],
  ] as const)('waits for %s, %s, says for how long, and ends by itself', async (cluster, _what) => {
    const seen = await begun(/^stop/, () => scene.lost.add(cluster));
    await scene.during(scene.sites.clock.sleep(150_000));
    expect(seen.over).toBe(false);
    expect(seen.told.at(-1)).toMatch(
      new RegExp(`^waiting for ${cluster} to answer for (1[0-9][0-9]s|2m\\d+s), at most 5m: ${cluster} does not answer$`),
    );
    scene.lost.delete(cluster);
    expect(await scene.during(seen.end)).toMatchObject({ state: 'Succeeded', holder: 'first' });
  });

  it('tells whoever looks at the journal, and stops when one asks for it', async () => {
    const seen = await begun(/^stop/, () => scene.lost.add('east'));
    await scene.during(scene.sites.clock.sleep(60_000));
    const { steps } = await scene.service('second').operation(id);
    expect(steps.find(({ state }) => state === 'Running')?.message).toMatch(/^waiting for east to answer for \d+s/);
    await scene.during(scene.service('second').cancel(id, caller));
    expect(await scene.during(seen.end)).toMatchObject({ state: 'Cancelled' });
  });

  it('is cancelled by the copy of its journal while the cluster that keeps it is silent', async () => {
    const seen = await begun(/^stop/, () => scene.lost.add('west'));
    await scene.during(scene.sites.clock.sleep(60_000));
    expect(await scene.during(scene.service('second').cancel(id, caller))).toMatchObject({ state: 'Cancelled' });
    expect(await scene.during(seen.end)).toMatchObject({ state: 'Cancelled' });
    scene.lost.delete('west');
    expect(await scene.service().operation(id)).toMatchObject({ state: 'Cancelled' });
    const undone = await scene.during(
      scene
        .service('third')
        .undo(id, caller)
        .then((started) => started.run()),
    );
    expect(undone).toMatchObject({ state: 'Undone' });
  });

  it('leaves it to whoever went on with it, where the cluster was silent for this process alone', async () => {
    const seen = await begun(/^stop/, () => (cutOff = true));
    await scene.during(scene.sites.clock.sleep(90_000));
    const done = await resumed('second');
    expect(done).toMatchObject({ state: 'Succeeded', holder: 'second' });
    cutOff = false;
    // It has ended: there is nothing to be said against.
    expect(await scene.during(seen.end)).toMatchObject({ state: 'Succeeded', holder: 'second' });
    expect(scene.twoActive).toEqual([]);
  });

  it('says that it was taken over while that goes on', async () => {
    const seen = await begun(/^stop/, () => (cutOff = true));
    await scene.during(scene.sites.clock.sleep(90_000));
    const started = await scene.during(scene.service('second').resume(id, caller));
    cutOff = false;
    await expect(scene.during(seen.end)).rejects.toMatchObject({
      code: 'OVERTAKEN',
      message: expect.stringContaining('taken over by second'),
    });
    expect(await scene.during(started.run())).toMatchObject({ state: 'Succeeded' });
  });

  it('gives up when it has waited for long, in a state from which resume works', async () => {
    const seen = await begun(/^stop/, () => scene.lost.add('west'));
    await expect(scene.during(seen.end)).rejects.toMatchObject({
      cluster: 'west',
      hint: `when it answers: kubectl dr resume ${id}`,
      message: expect.stringMatching(/^west does not answer \(waited for \d+m\d*s?\)$/),
    });
    scene.lost.delete('west');
    const done = await resumed('second');
    expect(done).toMatchObject({ state: 'Succeeded' });
  });

  it('gives up on the target of a failover, and not on the cluster that was lost before', async () => {
    await scene.backUp('east');
    scene.lost.add('east');
    const override = 'the power of its rack is cut';
    const seen = await begun(/^start/, () => scene.lost.add('west'), { intent: 'Failover', to: 'west', override });
    await scene.during(scene.sites.clock.sleep(150_000));
    expect(seen.told.at(-1)).toMatch(/^waiting for west to answer for .*: west does not answer$/);
    await expect(scene.during(seen.end)).rejects.toMatchObject({
      cluster: 'west',
      hint: `when it answers: kubectl dr resume ${id}`,
      message: expect.stringMatching(/^west does not answer \(waited for \d+m\d*s?\)$/),
    });
    scene.lost.delete('west');
    expect(await resumed('second')).toMatchObject({ state: 'Succeeded' });
  });
});

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 1));
}
