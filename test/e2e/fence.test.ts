import { fenceHolders, fencesLabel, networkFences } from '@kubectl-dr/core/fencing/network-fence';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { textAt } from '@kubectl-dr/sandbox/api/json';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { fenceController, fenceDefinition } from '@kubectl-dr/sandbox/simulators/fencing/network-fences';
import { TwoSites } from '../suites/two-sites.ts';

const caller = { name: 'olivia' };
const ref = { type: networkFences, name: 'east' };
const behaviour: { refuses?: string } = {};
let sites: TwoSites;
beforeEach(async () => {
  delete behaviour.refuses;
  sites = await TwoSites.open();
  await sites.capture();
});
afterEach(() => sites.close());

const west = () => sites.sandbox.clusters.west;
const fenced = () => sites.sandbox.clusters.east.stage.volumes.fenced;

async function prepare(spec: Record<string, unknown> = {}, labels: Record<string, string> = { [fencesLabel]: 'east' }): Promise<void> {
  await createAll(west().client, [fenceDefinition()]);
  west().stage.run([
    fenceController({ cluster: west().client, reached: { '192.0.2.0/24': sites.sandbox.clusters.east.stage.volumes }, behaviour }),
  ]);
  await createAll(west().client, [
    {
      apiVersion: 'csiaddons.openshift.io/v1alpha1',
      kind: 'NetworkFence',
      metadata: { name: 'east', labels },
      spec: { fenceState: 'Unfenced', networkFenceClassName: 'shared', cidrs: ['192.0.2.0/24'], ...spec },
    },
  ]);
  await sites.sandbox.idle();
}

const plan = (request: Partial<PlanRequest> = {}) =>
  sites.service().plan({ intent: 'Failover', application: 'shop', to: 'west', ...request }, caller);

async function failedOver(request: Partial<PlanRequest> = {}) {
  const service = sites.service();
  const made = await plan(request);
  expect(made.blockers).toEqual([]);
  return { service, made, done: await (await service.execute(made, caller)).run() };
}

it('is closed before anything else, opened when the old copy was stopped, and both are in the plan', async () => {
  await prepare();
  sites.lost.add('east');
  const { made, done, service } = await failedOver();
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
  expect(await service.releaseExpired(caller)).toEqual([]);
  expect(fenced()).toBe(true);
  sites.lost.delete('east');
  expect(await service.releaseExpired(caller)).toMatchObject([{ id: done.id }]);
  expect(await sites.pods('east')).toEqual([]);
  expect(fenced()).toBe(false);
  expect((await west().client.get(ref)).metadata.annotations?.[fenceHolders]).toBeUndefined();
});

it('that the storage does not close stops the failover before a second copy begins, and tells why', async () => {
  await prepare();
  behaviour.refuses = 'rpc error: blocklist is full';
  sites.lost.add('east');
  const made = await plan();
  for (const step of made.waves[0]!) if (step.action.kind === 'fence.set') expect(step.action.timeoutSeconds).toBe(300);
  const service = sites.service();
  const started = await service.execute(made, caller, { operationId: 'failover-shop-1' });
  const running = started.run();
  await expect.poll(async () => (await service.operation('failover-shop-1')).steps[0]?.state).toBe('Running');
  await expect.poll(async () => textAt(await west().client.get(ref), 'status', 'message')).toContain('blocklist is full');
  expect(await sites.pods('west')).toEqual([]);
  delete behaviour.refuses;
  expect(await running).toMatchObject({ state: 'Succeeded' });
  expect(fenced()).toBe(true);
});

it('closed by a person stays closed, and is enough', async () => {
  await prepare({ fenceState: 'Fenced' });
  sites.lost.add('east');
  const { done, service } = await failedOver();
  expect(done, done.message).toMatchObject({ state: 'Succeeded' });
  sites.lost.delete('east');
  expect(await service.releaseExpired(caller)).toMatchObject([
    { release: { steps: [{}, { message: 'east is left closed: it was not closed for this operation' }] } },
  ]);
  expect(fenced()).toBe(true);
});

it('that another operation needs stays closed for that one', async () => {
  await prepare();
  sites.lost.add('east');
  const { done, service } = await failedOver();
  const both = `${done.id},failover-crm-1`;
  await west().client.patch(ref, 'merge', { metadata: { annotations: { [fenceHolders]: both } } });
  sites.lost.delete('east');
  expect(await service.releaseExpired(caller)).toMatchObject([
    { release: { steps: [{}, { message: 'east is left closed for failover-crm-1' }] } },
  ]);
  expect(fenced()).toBe(true);
  expect((await west().client.get(ref)).metadata.annotations?.[fenceHolders]).toBe('failover-crm-1');
});

it('is not used where the cluster answers, where it is of another one, or where it names no address', async () => {
  await prepare({}, { [fencesLabel]: 'north' });
  expect((await plan()).waves.flat().map(({ action }) => action.kind)).not.toContain('fence.set');
  sites.lost.add('east');
  expect((await plan()).blockers).toMatchObject([{ code: 'SOURCE_MAY_BE_ALIVE' }]);
  await west().client.patch(ref, 'merge', { metadata: { labels: { [fencesLabel]: 'east' } }, spec: { cidrs: [] } });
  expect((await plan()).blockers).toMatchObject([{ code: 'SOURCE_MAY_BE_ALIVE' }]);
});

it('that is no longer one of that cluster is not set, whatever the plan says', async () => {
  await prepare();
  sites.lost.add('east');
  const made = await plan();
  const service = sites.service();
  await west().client.patch(ref, 'merge', { metadata: { labels: { [fencesLabel]: 'north' } } });
  // The plan is stale, which is found first.
  await expect(service.execute(made, caller)).rejects.toMatchObject({ code: 'PLAN_STALE' });
});
