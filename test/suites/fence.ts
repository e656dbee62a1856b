import { fenceHolders, fencesLabel, networkFences } from '@kubectl-dr/core/fencing/network-fence';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { textAt } from '@kubectl-dr/core/application/raw';
import type { OpenGround } from './site-ground.ts';
import { SitePair } from './site-pair.ts';

const caller = { name: 'olivia' };
const ref = { type: networkFences, name: 'east' };

/** A cluster that does not answer is cut off from its storage before its application goes on elsewhere, and let in when its old copy was stopped. */
export function describeFences(title: string, open: OpenGround): void {
  describe(`a fence (${title})`, { timeout: 300_000 }, () => {
    let pair: SitePair;
    beforeEach(async () => {
      pair = await SitePair.open(open);
      await pair.capture();
    }, 120_000);
    afterEach(() => pair.close());

    const east = () => pair.clusters.east;
    const west = () => pair.clusters.west;
    const fenced = () => east().volumes.fenced;
    const plan = (request: Partial<PlanRequest> = {}) => pair.plan({ intent: 'Failover', to: 'west', ...request });

    async function failedOver(request: Partial<PlanRequest> = {}) {
      const made = await plan(request);
      expect(made.blockers).toEqual([]);
      return { made, done: await pair.carriedOut(made) };
    }

    it('is closed before anything else, opened when the old copy was stopped, and both are in the plan', async () => {
      await pair.prepareFence();
      east().lose({ workloads: false });
      const { made, done } = await failedOver();
      expect(made.waves[0]).toMatchObject([
        { title: 'Cut east off from its storage', cluster: 'west', action: { kind: 'fence.set', of: 'east' } },
      ]);
      expect(made.undo.release?.at(-1)).toMatchObject([{ title: 'Let east write to its storage again' }]);
      expect(made.warnings).toContainEqual(
        expect.objectContaining({ code: 'SOURCE_FENCED', evidence: ['NetworkFence east on west: shared, 192.0.2.0/24'] }),
      );
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(done.steps.map(({ message }) => message).slice(0, 2)).toEqual([
        'east cannot write to its storage any more',
        'east does not answer; accepted: its storage is cut off by NetworkFence east',
      ]);
      expect(fenced()).toBe(true);
      expect((await west().client.get(ref)).metadata.annotations?.[fenceHolders]).toBe(done.id);
      expect(await pair.released()).toEqual([]);
      expect(fenced()).toBe(true);
      east().comeBack();
      expect(await pair.released()).toMatchObject([{ id: done.id }]);
      expect(await pair.pods('east')).toEqual([]);
      expect(fenced()).toBe(false);
      expect((await west().client.get(ref)).metadata.annotations?.[fenceHolders]).toBeUndefined();
    });

    it('that the storage does not close stops the failover before a second copy begins, and tells why', async () => {
      const behaviour: { refuses?: string } = {};
      await pair.prepareFence(behaviour);
      behaviour.refuses = 'rpc error: blocklist is full';
      east().lose({ workloads: false });
      const made = await plan();
      for (const step of made.waves[0]!) if (step.action.kind === 'fence.set') expect(step.action.timeoutSeconds).toBe(300);
      const service = pair.service();
      const started = await pair.during(service.execute(made, caller, { operationId: 'failover-shop-1' }));
      const running = started.run();
      const refused = async (): Promise<boolean> =>
        textAt(await west().client.get(ref), 'status', 'message')?.includes('blocklist is full') ?? false;
      await pair.until(refused, 'the storage refuses');
      expect((await pair.during(service.operation('failover-shop-1'))).steps[0]?.state).toBe('Running');
      expect(await pair.pods('west')).toEqual([]);
      delete behaviour.refuses;
      expect(await pair.during(running)).toMatchObject({ state: 'Succeeded' });
      expect(fenced()).toBe(true);
    });

    it('closed by a person stays closed, and is enough', async () => {
      await pair.prepareFence({}, { fenceState: 'Fenced' });
      east().lose({ workloads: false });
      const { done } = await failedOver();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      east().comeBack();
      expect(await pair.released()).toMatchObject([
        { release: { steps: [{}, { message: 'east is left closed: it was not closed for this operation' }] } },
      ]);
      expect(fenced()).toBe(true);
    });

    it('that another operation needs stays closed for that one', async () => {
      await pair.prepareFence();
      east().lose({ workloads: false });
      const { done } = await failedOver();
      const both = `${done.id},failover-crm-1`;
      await west().client.patch(ref, 'merge', { metadata: { annotations: { [fenceHolders]: both } } });
      east().comeBack();
      expect(await pair.released()).toMatchObject([{ release: { steps: [{}, { message: 'east is left closed for failover-crm-1' }] } }]);
      expect(fenced()).toBe(true);
      expect((await west().client.get(ref)).metadata.annotations?.[fenceHolders]).toBe('failover-crm-1');
    });

    it('is not used where the cluster answers, where it is of another one, or where it names no address', async () => {
      await pair.prepareFence({}, {}, { [fencesLabel]: 'north' });
      expect((await plan()).waves.flat().map(({ action }) => action.kind)).not.toContain('fence.set');
      east().lose({ workloads: false });
      expect((await plan()).blockers).toMatchObject([{ code: 'SOURCE_MAY_BE_ALIVE' }]);
      await west().client.patch(ref, 'merge', { metadata: { labels: { [fencesLabel]: 'east' } }, spec: { cidrs: [] } });
      expect((await plan()).blockers).toMatchObject([{ code: 'SOURCE_MAY_BE_ALIVE' }]);
    });

    it('cuts off where it went when that is taken back without its cluster: nobody takes a risk, and it is let in when it was seen to stand still', async () => {
      await pair.write('east', 'rows\n');
      const { done } = await pair.moved({ intent: 'Relocate', to: 'west' });
      await pair.write('west', 'rows of west\n');
      west().lose({ workloads: false });
      await expect(pair.during(pair.service().undo(done.id, caller))).rejects.toMatchObject({ cluster: 'west' });
      await pair.prepareFence({}, {}, { [fencesLabel]: 'west' }, 'west');
      const both: string[] = [];
      pair.meanwhile = async () => {
        if ((await pair.pods('east')).length > 0 && !west().volumes.fenced) both.push('east runs, and west can write');
      };
      const undone = await pair.takenBack(done);
      expect(both).toEqual([]);
      pair.meanwhile = async () => undefined;
      expect(undone.undo?.override).toBeUndefined();
      expect(undone.undo?.steps[0]).toMatchObject({ state: 'Succeeded', message: 'west cannot write to its storage any more' });
      expect(undone.undo?.steps.find(({ state }) => state === 'Skipped')?.message).toBe(
        'west does not answer; accepted: its storage is cut off by NetworkFence west',
      );
      await pair.running('east');
      expect(await pair.read('east')).toBe('rows\n');
      expect(west().volumes.fenced).toBe(true);
      const held = await east().client.get({ type: networkFences, name: 'west' });
      expect(held.metadata.annotations?.[fenceHolders]).toBe(done.id);
      const reasons = async (): Promise<string[]> =>
        (await pair.during(pair.service().application('shop'))).reasons.map(({ code }) => code);
      expect(await reasons()).toContain('MOVE_UNFINISHED');
      expect(await pair.released()).toEqual([]);

      west().comeBack();
      await pair.pass(30_000);
      expect(await pair.pods('west')).toHaveLength(3);
      const [closed] = (await pair.plan({ intent: 'Relocate', to: 'west' })).blockers.filter(({ code }) => code === 'TARGET_FENCED');
      expect(closed).toMatchObject({ cluster: 'west', fix: `let it in again: kubectl dr undo ${done.id}` });
      expect(await pair.released()).toMatchObject([{ id: done.id, state: 'Undone' }]);
      expect((await pair.plan({ intent: 'Relocate', to: 'west' })).blockers.map(({ code }) => code)).not.toContain('TARGET_FENCED');
      expect(await pair.pods('west')).toEqual([]);
      expect(west().volumes.fenced).toBe(false);
      expect(await reasons()).not.toContain('MOVE_UNFINISHED');
      expect(await pair.pods('east')).toHaveLength(3);
    });

    it('that is no longer one of that cluster is not set, whatever the plan says', async () => {
      await pair.prepareFence();
      east().lose({ workloads: false });
      const made = await plan();
      const service = pair.service();
      await west().client.patch(ref, 'merge', { metadata: { labels: { [fencesLabel]: 'north' } } });
      // The plan is stale, which is found first.
      await expect(pair.during(service.execute(made, caller))).rejects.toMatchObject({ code: 'PLAN_STALE' });
    });
  });
}
