import type { Operation } from '../execution/model.ts';
import { estimateOfBackup, estimateOfRestore } from './estimate.ts';
import type { Plan, Step, StepAction } from './model.ts';

const at = (seconds: number): string => new Date(Date.parse('2026-01-15T12:00:00Z') + seconds * 1000).toISOString();

function step(id: string, action: object): Step {
  return { id, title: id, cluster: 'east', action: action as StepAction };
}

/** Steps with the seconds after the beginning at which they began and ended. */
function past(intent: Plan['intent'], steps: [step: Step, from: number, to: number][], state: Operation['state'] = 'Succeeded'): Operation {
  const plan = { intent, waves: [steps.map(([each]) => each)] } as unknown as Plan;
  const records = steps.map(([{ id }, from, to]) => ({ id, state: 'Succeeded' as const, startedAt: at(from), endedAt: at(to) }));
  return { id: 'o', plan, state, requestedBy: 'alice', requestedAt: at(0), steps: records };
}

const claims = (bytes?: number) => [{ namespace: 'shop', claim: 'data', ...(bytes !== undefined && { bytes }) }];
const restore = (bytes?: number) => step('data', { kind: 'engine.restore', claims: claims(bytes) });
const backup = (id = 'backup-east-shop-all') => step(id, { kind: 'engine.backup' });

describe('a restore', () => {
  it('takes what stopping and starting takes, where nothing has to be copied', () => {
    expect(estimateOfRestore(0, [])).toEqual({
      seconds: 120,
      basis: 'no data has to be copied; about 2m to stop, start and check',
    });
  });

  it('goes by an assumed speed while nothing was measured', () => {
    expect(estimateOfRestore(5e9, [])).toMatchObject({ seconds: 220, basis: expect.stringContaining('5.0 GB at an assumed 50 MB/s') });
  });

  it('goes by the speed of those that succeeded and copied, all of them together', () => {
    const measured = [
      past('Restore', [[restore(1e9), 0, 100]]),
      past('Restore', [[restore(3e9), 0, 100]]),
      past('Restore', [[restore(9e9), 0, 1]], 'Failed'),
      // A snapshot in the storage: there at once, and no speed.
      past('Restore', [[restore(), 0, 1]]),
    ];
    expect(estimateOfRestore(4e9, measured)).toEqual({
      seconds: 320,
      basis: '4.0 GB at 20 MB/s, as in 2 earlier restores; about 2m to stop, start and check',
    });
  });

  it('counts until the data was there, where the claims came first', () => {
    const begun = step('data', { kind: 'engine.restore', claims: claims(1e9), until: 'claims' });
    const ended = step('end-data', { kind: 'engine.restore.end' });
    const measured = past('Restore', [
      [begun, 0, 2],
      [ended, 50, 100],
    ]);
    expect(estimateOfRestore(1e9, [measured])).toMatchObject({ seconds: 220 });
  });
});

describe('a backup', () => {
  it('takes as long as it took before: the median, of the slowest that run side by side', () => {
    const before = [20, 600, 40].map((seconds) => past('Backup', [[backup(), 0, seconds]]));
    const other = past('Backup', [[backup('backup-east-blog-all'), 0, 10]]);
    expect(estimateOfBackup([backup(), backup('backup-east-blog-all')], new Map(), [...before, other])).toEqual({
      seconds: 40,
      basis: 'as 3 earlier backups took',
    });
  });

  it('goes by the size of what an older point holds before the first one, and by nothing where there is nothing to do', () => {
    expect(estimateOfBackup([backup()], new Map([[backup().id, 1e9]]), [])).toMatchObject({
      seconds: 50,
      basis: expect.stringContaining('1.0 GB at an assumed 50 MB/s'),
    });
    expect(estimateOfBackup([backup()], new Map(), [past('Restore', [[backup(), 0, 5]])])).toMatchObject({ seconds: 30 });
    expect(estimateOfBackup([], new Map(), [])).toBeUndefined();
  });
});
