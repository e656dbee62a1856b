import type { Operation, OperationEvent } from '@kubectl-dr/core/execution/model';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { StartedOperation } from '@kubectl-dr/core/service/port';
import { allOf } from './many.ts';
import { meaningOf, meantKinds } from './meaning.ts';
import { doomed, seenBy, writes } from './seen-by.ts';
import { type OpenGround, siteNames } from './site-ground.ts';
import { SitePair } from './site-pair.ts';

const caller = { name: 'olivia' };
const id = 'move-shop-1';
const override = 'power of rack 3 is cut';
export const movedRows = '1,apples\n2,pears\n';

type Move = 'Relocate' | 'Failover' | 'Failback';

/** Right before the move that is meant. Before a failback the application has been moved, and something of it has come back. */
async function before(open: OpenGround, move: Move): Promise<SitePair> {
  const pair = await SitePair.open(open, { copied: 60_000 });
  await pair.received('west');
  if (move !== 'Failback') {
    await pair.write('east', movedRows);
    if (move === 'Failover') {
      await pair.capture({ snapshotVolumes: false });
      await pair.synced();
      pair.clusters.east.lose({ workloads: false });
    }
    return pair;
  }
  const { done } = await pair.moved({ intent: 'Relocate', to: 'west' });
  await pair.received('east', Date.parse(done.requestedAt));
  await pair.running('west');
  await pair.write('west', movedRows);
  return pair;
}

function requestOf(move: Move): Omit<PlanRequest, 'application'> {
  return {
    intent: move,
    ...(move !== 'Failback' && { to: 'west' }),
    ...(move === 'Failover' && { override }),
  };
}

function homeOf(move: Move): 'east' | 'west' {
  return move === 'Failback' ? 'east' : 'west';
}

async function begin(
  pair: SitePair,
  move: Move,
  through?: (cluster: ClusterClient) => ClusterClient,
  signal?: AbortSignal,
): Promise<StartedOperation> {
  const plan = await pair.plan(requestOf(move));
  expect(plan.blockers).toEqual([]);
  return pair.during(pair.service('first', through).execute(plan, caller, { operationId: id, ...(signal && { signal }) }));
}

/** Everything of both sites that a move is about: what is meant to be there, what runs, the rows, and which copies rest. */
async function stateOf(pair: SitePair, silent: readonly string[] = []): Promise<unknown> {
  const at = async (name: 'east' | 'west'): Promise<unknown> => {
    if (silent.includes(name)) return 'silent';
    const { client } = pair.clusters[name];
    const lists = await Promise.all(meantKinds.map((type) => client.list(type, { namespace: 'shop' })));
    return { objects: lists.map(({ items }) => items.map(meaningOf)), rows: await pair.read(name), pods: (await pair.pods(name)).length };
  };
  await pair.settle();
  return JSON.parse(JSON.stringify({ east: await at('east'), west: await at('west'), resting: await pair.resting() }));
}

async function dieAt(pair: SitePair, move: Move, when: 'before' | 'after', nth: number): Promise<void> {
  const process = doomed(when, nth);
  try {
    const started = await begin(pair, move, process.through, process.signal);
    process.arm();
    await pair.during(started.run());
  } catch (error) {
    if (!process.signal.aborted) throw error;
  }
  await pair.giveBack();
}

/** Continued by another process, unless it had ended. */
async function resumed(pair: SitePair): Promise<Operation> {
  const found = await pair.during(pair.service().operation(id));
  if (found.state === 'Undone' || (found.state === 'Succeeded' && !found.undo)) return found;
  return ended(pair, pair.service('second').resume(id, caller));
}

/** Time passes until it has begun and has run to its end. */
function ended(pair: SitePair, started: Promise<StartedOperation>): Promise<Operation> {
  return pair.during(started.then((operation) => operation.run()));
}

/**
 * A move over two clusters whose process dies at a write, or one of whose clusters stops answering in the middle of a step: resume ends
 * it as if nothing had been, and undo takes it back. `sample`: every how manieth place is tried; MOVE_EVERY=1 for all of them. `atOnce`: how
 * many pairs there may be at a time.
 */
export function describeMoves(title: string, open: OpenGround, sample: number, atOnce: number): void {
  const every = Number(process.env.MOVE_EVERY ?? sample);

  describe.each<Move>(['Relocate', 'Failover', 'Failback'])(`%s (${title})`, (move) => {
    let writesOfAll = 0;
    let steps: string[] = [];
    let wanted: unknown;
    let original: unknown;
    const silent = move === 'Failover' ? ['east'] : [];

    /** The copy that went the other way is left behind, and rests. */
    const takenBack = (state: unknown): unknown => {
      const { resting, ...rest } = state as { resting: string[] };
      const reversed = move === 'Failback' ? ['west target', 'east source'] : ['east target', 'west source'];
      return { ...rest, resting: resting.filter((end) => !reversed.includes(end)) };
    };

    it('ends with every row, once, and is taken back where that is possible', async () => {
      const pair = await before(open, move);
      try {
        original = await stateOf(pair, silent);
        let total = 0;
        const counted = (cluster: ClusterClient) => seenBy(cluster, { before: ({ verb }) => void (writes.has(verb) && (total += 1)) });
        const started = await begin(pair, move, counted);
        const setUp = total;
        const done = await pair.during(started.run());
        expect(done, done.message).toMatchObject({ state: 'Succeeded' });
        writesOfAll = total - setUp;
        steps = done.steps.map((step) => step.id);
        await pair.running(homeOf(move));
        expect(await pair.read(homeOf(move))).toBe(movedRows);
        expect(await pair.pods(homeOf(move))).toHaveLength(3);
        if (silent.length === 0) expect(await pair.pods(homeOf(move) === 'east' ? 'west' : 'east')).toEqual([]);
        wanted = await stateOf(pair, silent);
        if (!done.plan.undo.waves) return;
        expect(await ended(pair, pair.service('second').undo(id, caller))).toMatchObject({ state: 'Undone' });
        expect(takenBack(await stateOf(pair))).toEqual(takenBack(original));
      } finally {
        await pair.close();
      }
    }, 300_000);

    const attempt = (about: string, body: (pair: SitePair) => Promise<void>) => async () => {
      const pair = await before(open, move);
      try {
        await body(pair);
      } catch (error) {
        throw new Error(about, { cause: error });
      } finally {
        await pair.close();
      }
    };

    it('is ended by another process, or taken back, wherever the first one dies', async () => {
      const attempts: (() => Promise<void>)[] = [];
      for (const when of ['before', 'after'] as const) {
        for (let death = when === 'before' ? 0 : Math.floor(every / 2); death < writesOfAll; death += every) {
          attempts.push(
            attempt(`resumed, killed ${when} write ${death}`, async (pair) => {
              await dieAt(pair, move, when, death);
              const end = await resumed(pair);
              expect(end, end.message).toMatchObject({ state: 'Succeeded' });
              await pair.running(homeOf(move));
              expect(await stateOf(pair, silent)).toEqual(wanted);
            }),
          );
          if (move === 'Failover') continue;
          attempts.push(
            attempt(`undone, killed ${when} write ${death}`, async (pair) => {
              await dieAt(pair, move, when, death);
              const second = pair.service('second');
              const { state } = await pair.during(second.operation(id));
              if (state !== 'Succeeded') await pair.during(second.cancel(id, caller));
              const end = await ended(pair, second.undo(id, caller));
              expect(end, end.message).toMatchObject({ state: 'Undone' });
              expect(takenBack(await stateOf(pair))).toEqual(takenBack(original));
            }),
          );
        }
      }
      expect(attempts.length).toBeGreaterThan(2);
      await allOf(attempts, atOnce);
    }, 900_000);

    it('waits for a cluster that is lost in the middle of a step, and goes on when it answers', async () => {
      const ends: Record<string, number> = {};
      const places = steps
        .flatMap((step) => siteNames.map((cluster) => ({ step, cluster })))
        .filter(({ cluster }) => !silent.includes(cluster));
      const chosen = places.filter((_, index) => index % Math.max(1, Math.round(every / 2)) === 0);
      await allOf(
        chosen.map(({ step, cluster }) =>
          attempt(`${cluster} lost in ${step}`, async (pair) => {
            const started = await begin(pair, move);
            let lost = false;
            const ended = lostDuring(started, step, () => {
              if (lost) return;
              lost = true;
              pair.clusters[cluster].lose({ workloads: false });
            });
            let over = false;
            void ended.finally(() => (over = true));
            await pair.until(async () => lost || over, `${step} begins`);
            await pair.pass(60_000);
            pair.clusters[cluster].comeBack();
            const end = await pair.during(ended);
            expect(end).toBe('Succeeded');
            ends[end] = (ends[end] ?? 0) + 1;
            await pair.giveBack();
            const again = await resumed(pair);
            expect(again, again.message).toMatchObject({ state: 'Succeeded' });
            await pair.running(homeOf(move));
            expect(await stateOf(pair, silent)).toEqual(wanted);
          }),
        ),
        atOnce,
      );
      // eslint-disable-next-line no-console -- the counts are the result of this test
      console.log(`${move}, a cluster lost: ${chosen.length} of ${places.length} places`, ends);
    }, 900_000);
  });
}

/** How it ended: a state, or `stopped` when its process gave up. */
async function lostDuring({ events }: StartedOperation, step: string, lose: () => void): Promise<string> {
  let last = 'stopped';
  const look = (event: OperationEvent): void => {
    if (event.type !== 'operation') return;
    last = event.operation.state;
    if (event.operation.steps.some((one) => one.id === step && one.state === 'Running')) lose();
  };
  try {
    for await (const event of events) look(event);
    return last;
  } catch {
    return 'stopped';
  }
}
