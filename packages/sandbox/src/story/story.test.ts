import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { engines } from '@kubectl-dr/core/engines/registry.generated';
import type { CatalogEntity } from '@kubectl-dr/core/ports/catalog';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import type { Fleet } from '@kubectl-dr/core/service/model';
import { verdicts } from '@kubectl-dr/core/service/model';
import type { DrService } from '@kubectl-dr/core/service/port';
import { createDrService } from '@kubectl-dr/core/service/service';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { parseAllDocuments } from 'yaml';
import type { Sandbox } from '../sandbox.ts';
import { createSandbox } from '../sandbox.ts';
import { instant } from '../simulators/durations.ts';

const catalogFolder = fileURLToPath(new URL('../../catalog/', import.meta.url));

let sandbox: Sandbox;
let service: DrService;
let fleet: Fleet;

beforeAll(async () => {
  sandbox = await createSandbox({ durations: instant });
  const clusters = Object.values(sandbox.clusters).map(({ client }) => client);
  const entities = readdirSync(catalogFolder).flatMap((file) =>
    parseAllDocuments(readFileSync(path.join(catalogFolder, file), 'utf8')).map((document) => document.toJS() as CatalogEntity),
  );
  service = createDrService({
    clusters,
    reader: new ListReader(clusters),
    engines,
    clock: systemClock,
    holder: 'test',
    catalog: { read: async () => ({ entities, problems: [] }) },
  });
  fleet = await service.fleet();
}, 120_000);
afterAll(() => sandbox?.close());

function application(name: string) {
  return fleet.applications.find((status) => status.application.name === name)!;
}

it('shows every verdict at least once, and nothing wrong with the catalog', () => {
  expect(fleet.problems).toEqual([]);
  expect(Object.fromEntries(fleet.applications.map((status) => [status.application.name, status.verdict]))).toEqual({
    shop: 'Breached',
    newsletter: 'Protected',
    warehouse: 'Unproven',
    analytics: 'AtRisk',
    crm: 'Unprotected',
    'status-page': 'Unprotected',
    payroll: 'Unknown',
    telephone: 'Unknown',
  });
  expect(new Set(fleet.applications.map(({ verdict }) => verdict)).size).toBe(verdicts.length);
  for (const {
    application: { problems },
  } of fleet.applications)
    expect(problems).toEqual([]);
});

it('gives each verdict its own reason', () => {
  const first = (name: string): string | undefined => application(name).reasons[0]?.code;
  expect(
    Object.fromEntries(['shop', 'warehouse', 'analytics', 'crm', 'status-page', 'payroll', 'telephone'].map((name) => [name, first(name)])),
  ).toEqual({
    shop: 'RPO_BREACHED',
    warehouse: 'NEVER_DRILLED',
    analytics: 'LAST_RUN_FAILED',
    crm: 'SCHEDULE_PAUSED',
    'status-page': 'NEVER_BACKED_UP',
    payroll: 'PLACEMENT_UNCLAIMED',
    telephone: 'NO_PLACEMENT',
  });
});

it('has a backup that says Completed and holds nothing of the database', () => {
  const { components } = application('shop');
  const database = components.find(({ component }) => component.name === 'orders-db')!;
  const newest = database.points[0]!;
  expect(newest).toMatchObject({ usable: 'no', point: { phase: 'Succeeded', nativePhase: 'Completed', schedule: 'east-shop-hourly' } });
  expect(newest.reasons).toMatchObject([{ code: 'VOLUME_NOT_CAPTURED' }]);
  expect(database.point?.schedule).toBe('east-shop-daily');
  expect(database.volumes).toMatchObject([{ claim: 'data-orders-db-0', capture: { state: 'captured', method: 'data-mover' } }]);
  // Its neighbours in the same backups are fine.
  expect(components.find(({ component }) => component.name === 'queue')!.point?.schedule).toBe('east-shop-hourly');
});

it('has a shop of eleven components, of three teams, on two clusters, with a month of points', () => {
  const { application: shop, components } = application('shop');
  expect(shop.components).toHaveLength(11);
  expect(new Set(shop.components.map(({ owner }) => owner)).size).toBe(3);
  expect(new Set(shop.components.flatMap(({ placements }) => placements.map(({ cluster }) => cluster)))).toEqual(new Set(['east', 'west']));
  expect(components.every(({ workloads }) => workloads.every(({ ready }) => ready))).toBe(true);
  const oldest = Math.min(...fleet.points.map(({ capturedAt }) => Date.parse(capturedAt ?? '')));
  expect((Date.now() - oldest) / 86_400_000).toBeGreaterThan(29);
});

it('has points whose data is that of their time', async () => {
  const cluster = sandbox.clusters.east;
  const database = application('shop').components.find(({ component }) => component.name === 'orders-db')!;
  const restored = async (name: string, target: string): Promise<string[]> => {
    await cluster.client.create(
      { group: 'velero.io', version: 'v1', resource: 'restores', kind: 'Restore', namespaced: true },
      {
        apiVersion: 'velero.io/v1',
        kind: 'Restore',
        metadata: { name: target, namespace: 'velero' },
        spec: { backupName: name, includedNamespaces: ['shop'], namespaceMapping: { shop: target } },
      },
    );
    await cluster.idle();
    const rows = (cluster.files(target, 'data-orders-db-0')?.['orders.csv'] ?? '').trim().split('\n').slice(1);
    await cluster.client.delete({ type: types.namespaces, name: target });
    await cluster.idle();
    return rows;
  };
  const usable = database.points
    .filter((use) => use.usable === 'yes' || use.point.schedule === 'east-shop-daily')
    .map(({ point }) => point);
  const [now, then] = [await restored(usable[0]!.name, 'newer'), await restored(usable.at(-1)!.name, 'older')];
  expect(now.length).toBeGreaterThan(then.length + 24 * 3 * 20);
  expect(now.slice(0, then.length)).toEqual(then);
  expect(then.length).toBeGreaterThan(0);
});

it('has a database of which snapshots were taken as well, from which its data goes back', async () => {
  const points = fleet.points.filter(({ engine }) => engine === 'csi');
  expect(points).toMatchObject([
    { phase: 'Succeeded', application: 'warehouse', component: 'stock-db', holds: 'data', keptIn: 'storage' },
    { phase: 'Succeeded', application: 'warehouse', component: 'stock-db' },
  ]);
  const newest = points.toSorted((a, b) => ((a.capturedAt ?? '') < (b.capturedAt ?? '') ? 1 : -1))[0]!;
  const request = { intent: 'Restore', application: 'warehouse', components: ['stock-db'], mode: 'dataOnly', point: newest.name } as const;
  const plan = await service.plan({ ...request, components: ['stock-db'] }, { name: 'alice' });
  expect(plan.blockers).toEqual([]);
  expect(plan.dataLoss[0]?.text).toMatch(/^1 hour and (49|50|51) minutes of stock-db$/);
});

it('can make the database safe again with one backup, and prove the warehouse with one restore', async () => {
  const run = async (request: Parameters<DrService['plan']>[0]): Promise<void> => {
    const plan = await service.plan(request, { name: 'alice' });
    expect(plan.blockers).toEqual([]);
    const started = await service.execute(plan, { name: 'alice' });
    const ended = await started.run();
    expect(ended, JSON.stringify(ended.steps)).toMatchObject({ state: 'Succeeded' });
  };
  await run({ intent: 'Backup', application: 'shop' });
  expect((await service.application('shop')).verdict).toBe('Unproven');
  await run({ intent: 'Restore', application: 'warehouse', mode: 'clone', namespace: 'warehouse-copy' } as Parameters<
    DrService['plan']
  >[0]);
  expect(sandbox.clusters.east.files('warehouse-copy', 'data-stock-db-0')).toHaveProperty(['item.csv']);
  expect((await service.application('warehouse')).verdict).toBe('Protected');
}, 60_000);
