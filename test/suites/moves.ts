import type { Operation, OperationEvent } from '@kubectl-dr/core/execution/model';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { StartedOperation } from '@kubectl-dr/core/service/port';
import { comparable } from '@kubectl-dr/core/planning/diff/comparable';
import { marksOf } from '@kubectl-dr/core/planning/diff/marks';
import { allOf } from './many.ts';
import { type Hooks, Killed, seenBy, writes } from './seen-by.ts';
import { TwoSites } from './two-sites.ts';

const caller = { name: 'olivia' };
const id = 'move-shop-1';
const override = 'power of rack 3 is cut';
const both = ['east', 'west'] as const;
export const movedRows = '1,apples\n2,pears\n';

type Move = 'Relocate' | 'Failover' | 'Failback';

/** Right before the move that is meant. Before a failback the application has been moved, and something of it has come back. */
async function before(move: Move): Promise<TwoSites> {
  const sites = await TwoSites.open({ copied: true });
  if (move !== 'Failback') {
    sites.write('east', movedRows);
    if (move === 'Failover') {
      await sites.capture({ snapshotVolumes: false });
      await sites.synced();
      sites.lost.add('east');
    }
    return sites;
  }
  const plan = await sites.service().plan({ intent: 'Relocate', application: 'shop', to: 'west' }, caller);
  const { state, requestedAt, message } = await (await sites.service().execute(plan, caller)).run();
  expect(state, message).toBe('Succeeded');
  await sites.received('east', Date.parse(requestedAt));
  await sites.running('west');
  sites.write('west', movedRows);
  return sites;
}

function requestOf(move: Move): PlanRequest {
  return {
    intent: move,
    application: 'shop',
    ...(move !== 'Failback' && { to: 'west' }),
    ...(move === 'Failover' && { override }),
  };
}

function homeOf(move: Move): 'east' | 'west' {
  return move === 'Failback' ? 'east' : 'west';
}

async function begin(
  sites: TwoSites,
  move: Move,
  through?: (cluster: ClusterClient) => ClusterClient,
  signal?: AbortSignal,
): Promise<StartedOperation> {
  const plan = await sites.service().plan(requestOf(move), caller);
  expect(plan.blockers).toEqual([]);
  return sites.service('first', through).execute(plan, caller, { operationId: id, ...(signal && { signal }) });
}

/** Everything of both sites that a move is about: what is meant to be there, what runs, the rows, and which copies rest. */
async function stateOf(sites: TwoSites, silent: readonly string[] = []): Promise<unknown> {
  const meant = (object: KubeObject): unknown => {
    const { spec, metadata, data } = comparable(object, marksOf({}));
    const { labels, annotations } = metadata as KubeObject['metadata'];
    const { dataSource: _, dataSourceRef: __, ...rest } = (spec ?? {}) as Record<string, unknown>;
    const kept = Object.entries(labels ?? {}).filter(([key]) => key !== 'kubectl-dr.dev/restore');
    return {
      name: object.metadata.name,
      labels: Object.fromEntries(kept),
      notes: Object.keys(annotations ?? {}).toSorted(),
      spec: rest,
      data,
    };
  };
  const at = async (name: 'east' | 'west'): Promise<unknown> => {
    if (silent.includes(name)) return 'silent';
    const { client } = sites.sandbox.clusters[name];
    const kinds = [types.secrets, types.configMaps, types.statefulSets, types.deployments, types.persistentVolumeClaims];
    const lists = await Promise.all(kinds.map((type) => client.list(type, { namespace: 'shop' })));
    return { objects: lists.map(({ items }) => items.map(meant)), rows: sites.rows(name), pods: (await sites.pods(name)).length };
  };
  await sites.sandbox.idle();
  return JSON.parse(JSON.stringify({ east: await at('east'), west: await at('west'), resting: await sites.resting() }));
}

/** A process that dies before or after its nth write to either cluster, counted from `arm` on. */
function doomed(when: 'before' | 'after', nth: number) {
  const process = new AbortController();
  let [count, armed] = [0, false];
  const die = (verb: string): void => {
    if (process.signal.aborted) throw new Killed();
    if (!armed || !writes.has(verb) || count++ !== nth) return;
    process.abort(new Killed());
    throw new Killed();
  };
  const hooks: Hooks = {
    before({ verb }) {
      if (process.signal.aborted) throw new Killed();
      if (when === 'before') die(verb);
    },
    after({ verb }) {
      if (when === 'after') die(verb);
    },
  };
  return {
    signal: process.signal,
    through: (cluster: ClusterClient) => seenBy(cluster, hooks),
    arm: () => void (armed = true),
  };
}

async function dieAt(sites: TwoSites, move: Move, when: 'before' | 'after', nth: number): Promise<void> {
  const process = doomed(when, nth);
  try {
    const started = await begin(sites, move, process.through, process.signal);
    process.arm();
    await started.run();
  } catch (error) {
    if (!process.signal.aborted) throw error;
  }
  await sites.giveBack();
}

/** Continued by another process, unless it had ended. */
async function resumed(sites: TwoSites): Promise<Operation> {
  const found = await sites.service().operation(id);
  if (found.state === 'Undone' || (found.state === 'Succeeded' && !found.undo)) return found;
  return (await sites.service('second').resume(id, caller)).run();
}

/**
 * A move over two clusters whose process dies at a write, or one of whose clusters stops answering in the middle of a step: resume ends
 * it as if nothing had been, and undo takes it back. `sample`: every how manieth place is tried; MOVE_EVERY=1 for all of them.
 */
export function describeMoves(sample: number, atOnce: number): void {
  const every = Number(process.env.MOVE_EVERY ?? sample);

  describe.each<Move>(['Relocate', 'Failover', 'Failback'])('%s', (move) => {
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
      const sites = await before(move);
      try {
        original = await stateOf(sites, silent);
        let total = 0;
        const counted = (cluster: ClusterClient) => seenBy(cluster, { before: ({ verb }) => void (writes.has(verb) && (total += 1)) });
        const started = await begin(sites, move, counted);
        const setUp = total;
        const ended = await started.run();
        expect(ended, ended.message).toMatchObject({ state: 'Succeeded' });
        writesOfAll = total - setUp;
        steps = ended.steps.map((step) => step.id);
        await sites.running(homeOf(move));
        expect(sites.rows(homeOf(move))).toBe(movedRows);
        expect(await sites.pods(homeOf(move))).toHaveLength(3);
        if (silent.length === 0) expect(await sites.pods(homeOf(move) === 'east' ? 'west' : 'east')).toEqual([]);
        wanted = await stateOf(sites, silent);
        if (!ended.plan.undo.waves) return;
        expect(await (await sites.service('second').undo(id, caller)).run()).toMatchObject({ state: 'Undone' });
        expect(takenBack(await stateOf(sites))).toEqual(takenBack(original));
      } finally {
        sites.close();
      }
    }, 300_000);

    const attempt = (about: string, body: (sites: TwoSites) => Promise<void>) => async () => {
      const sites = await before(move);
      try {
        await body(sites);
      } catch (error) {
        throw new Error(about, { cause: error });
      } finally {
        sites.close();
      }
    };

    it('is ended by another process, or taken back, wherever the first one dies', async () => {
      const attempts: (() => Promise<void>)[] = [];
      for (const when of ['before', 'after'] as const) {
        for (let death = when === 'before' ? 0 : Math.floor(every / 2); death < writesOfAll; death += every) {
          attempts.push(
            attempt(`resumed, killed ${when} write ${death}`, async (sites) => {
              await dieAt(sites, move, when, death);
              const end = await resumed(sites);
              expect(end, end.message).toMatchObject({ state: 'Succeeded' });
              await sites.running(homeOf(move));
              expect(await stateOf(sites, silent)).toEqual(wanted);
            }),
          );
          if (move === 'Failover') continue;
          attempts.push(
            attempt(`undone, killed ${when} write ${death}`, async (sites) => {
              await dieAt(sites, move, when, death);
              const second = sites.service('second');
              if ((await second.operation(id)).state !== 'Succeeded') await second.cancel(id, caller);
              const end = await (await second.undo(id, caller)).run();
              expect(end, end.message).toMatchObject({ state: 'Undone' });
              expect(takenBack(await stateOf(sites))).toEqual(takenBack(original));
            }),
          );
        }
      }
      expect(attempts.length).toBeGreaterThan(2);
      await allOf(attempts, atOnce);
    }, 900_000);

    it('stops when a cluster is lost in the middle of a step, and goes on when it answers', async () => {
      const ends: Record<string, number> = {};
      const places = steps.flatMap((step) => both.map((cluster) => ({ step, cluster }))).filter(({ cluster }) => !silent.includes(cluster));
      const chosen = places.filter((_, index) => index % Math.max(1, Math.round(every / 2)) === 0);
      await allOf(
        chosen.map(({ step, cluster }) =>
          attempt(`${cluster} lost in ${step}`, async (sites) => {
            const started = await begin(sites, move);
            const end = await lostDuring(started, step, () => sites.lost.add(cluster));
            ends[end] = (ends[end] ?? 0) + 1;
            sites.lost.delete(cluster);
            await sites.giveBack();
            const again = await resumed(sites);
            expect(again, again.message).toMatchObject({ state: 'Succeeded' });
            await sites.running(homeOf(move));
            expect(await stateOf(sites, silent)).toEqual(wanted);
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
