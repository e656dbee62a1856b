import { readFileSync, readdirSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { CatalogEntity } from '@kubectl-dr/core/ports/catalog';
import type { Sandbox } from '@kubectl-dr/sandbox';
import { createSandbox } from '@kubectl-dr/sandbox';
import { serviceOf } from './sandbox-service.ts';

const caller = { name: 'alice' };
const folder = new URL('../../packages/sandbox/catalog/', import.meta.url);
const entities = readdirSync(folder).flatMap((file) =>
  parseAllDocuments(readFileSync(new URL(file, folder), 'utf8')).map((document) => document.toJSON() as CatalogEntity),
);

/** The shop of the sandbox's story: three namespaces on two clusters, points of several schedules, one of which leaves the orders out. */
function open(sandbox: Sandbox) {
  const service = serviceOf(sandbox, { read: async () => ({ entities, problems: [] }) });
  const { east, west } = sandbox.clusters;
  const rows = (cluster: typeof east, namespace: string, claim: string, file: string): number =>
    (cluster.files(namespace, claim)?.[file] ?? '').split('\n').length - 1;
  return {
    service,
    counts: () => ({
      orders: rows(east, 'shop', 'data-orders-db-0', 'orders.csv'),
      messages: rows(east, 'shop', 'data-queue-0', 'message.csv'),
      documents: rows(east, 'shop', 'data-search-index-0', 'document.csv'),
      payments: rows(east, 'payments', 'data-payments-db-0', 'payments.csv'),
      models: rows(west, 'shop-ml', 'data-model-store-0', 'model.csv'),
    }),
  };
}

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
}, 60_000);
afterEach(() => sandbox.close());

it('rolls the orders back to before somebody broke them, while the rest of the shop keeps running', async () => {
  const { service, counts } = open(sandbox);
  const before = counts();
  sandbox.clusters.east.writeFiles('shop', 'data-orders-db-0', { 'orders.csv': '' });
  const plan = await service.plan({ intent: 'Restore', application: 'shop', components: ['orders-db'], mode: 'dataOnly' }, caller);
  expect(plan.blockers).toEqual([]);
  // The hourly points are newer, say Completed, and do not hold the orders.
  expect(plan.points[0]!.name).toContain('daily');
  expect(plan.dataLoss[0]!.text).toMatch(/^5 hours and 2[56] minutes of orders-db$/);
  const others = async () =>
    (await service.application('shop')).components
      .flatMap(({ component, workloads }) => workloads.map(({ ready }) => [component.name, ready] as const))
      .filter(([name, ready]) => name !== 'orders-db' && !ready);
  const started = await service.execute(plan, caller);
  const running = started.run();
  expect(await others()).toEqual([]);
  const done = await running;
  expect(done).toMatchObject({ state: 'Succeeded' });
  expect(counts().orders).toBeGreaterThan(before.orders - 20);
  expect(counts().orders).toBeLessThan(before.orders);
  expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });
  expect(counts()).toEqual({ ...before, orders: 0 });
}, 120_000);

it('rolls the whole application back over two clusters, each part from the point that holds it', async () => {
  const { service, counts } = open(sandbox);
  const before = counts();
  const plan = await service.plan({ intent: 'Restore', application: 'shop', mode: 'inPlace' }, caller);
  expect(plan.blockers).toEqual([]);
  expect(plan.skewSeconds).toBe(5 * 3_600);
  expect(new Set(plan.points.map(({ cluster }) => cluster))).toEqual(new Set(['east', 'west']));
  const done = await (await service.execute(plan, caller)).run();
  expect(done.steps.filter(({ state }) => state !== 'Succeeded')).toEqual([]);
  const after = counts();
  for (const [what, rows] of Object.entries(after)) {
    // Older than before, and nothing came back empty: points of one namespace do not spoil each other.
    expect(rows, what).toBeGreaterThan(before[what as keyof typeof before] - 30);
    expect(rows, what).toBeLessThanOrEqual(before[what as keyof typeof before]);
  }
  expect(after.orders).toBeLessThan(before.orders - 10);
  expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });
  expect(counts()).toEqual(before);
}, 120_000);
