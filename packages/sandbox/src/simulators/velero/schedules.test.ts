import { kinds } from './kinds.ts';
import { VeleroStage } from './stage.testing.ts';

let velero: VeleroStage;
beforeEach(async () => {
  velero = await VeleroStage.open();
  await velero.shop();
});
afterEach(() => velero.stage.close());

async function schedule(spec: Record<string, unknown>, labels: Record<string, string> = {}): Promise<void> {
  await velero.create({
    apiVersion: 'velero.io/v1',
    kind: 'Schedule',
    metadata: { name: 'hourly', namespace: 'velero', labels },
    spec: { schedule: '30 * * * *', template: { includedNamespaces: ['shop'], ttl: '72h' }, ...spec },
  });
  await velero.stage.idle();
}

async function after(minutes: number): Promise<string[]> {
  await velero.clock.advance(minutes * 60_000);
  await velero.stage.idle();
  return velero.names(kinds.backups);
}

it('makes a backup when one is due, named and labelled after it', async () => {
  await schedule({}, { 'kubectl-dr.dev/application': 'shop' });
  expect(await velero.names(kinds.backups)).toEqual([]);
  expect(await after(31)).toEqual(['hourly-20260115123000']);
  const backup = await velero.get(kinds.backups, 'hourly-20260115123000');
  expect(backup).toMatchObject({
    metadata: { labels: { 'velero.io/schedule-name': 'hourly', 'kubectl-dr.dev/application': 'shop' } },
    spec: { ttl: '72h' },
    status: { phase: 'Completed' },
  });
  expect((await velero.get(kinds.schedules, 'hourly')).status).toMatchObject({ phase: 'Enabled', lastBackup: '2026-01-15T12:30:00Z' });
  expect(await after(60)).toEqual(['hourly-20260115123000', 'hourly-20260115133000']);
});

it('does nothing while it is paused, and makes up for it once', async () => {
  await schedule({ paused: true });
  expect(await after(180)).toEqual([]);
  expect((await velero.get(kinds.schedules, 'hourly')).status).toBeUndefined();
  await velero.stage.cluster.patch({ type: kinds.schedules, namespace: 'velero', name: 'hourly' }, 'merge', { spec: { paused: false } });
  expect(await after(0)).toHaveLength(1);
});

it('begins later when it is told to skip what is due now', async () => {
  await schedule({ paused: true });
  await after(60);
  await velero.stage.cluster.patch({ type: kinds.schedules, namespace: 'velero', name: 'hourly' }, 'merge', {
    spec: { paused: false, skipImmediately: true },
  });
  expect(await after(0)).toEqual([]);
  const skipped = await velero.get(kinds.schedules, 'hourly');
  expect(skipped).toMatchObject({ spec: { skipImmediately: false }, status: { lastSkipped: '2026-01-15T13:00:00Z' } });
  expect(await after(31)).toHaveLength(1);
});

it('does not begin a backup while the last one runs', async () => {
  velero.stage.durations.backup = 2 * 3_600_000;
  await schedule({});
  expect(await after(31)).toHaveLength(1);
  expect(await after(60)).toHaveLength(1);
});

it('refuses an expression that nobody can read', async () => {
  await schedule({ schedule: 'often' });
  expect((await velero.get(kinds.schedules, 'hourly')).status).toMatchObject({
    phase: 'FailedValidation',
    validationErrors: [expect.stringContaining('invalid schedule')],
  });
});

it('begins nothing while the server is down', async () => {
  await schedule({});
  velero.behaviour.down = true;
  expect(await after(90)).toEqual([]);
});
