import { mockServices } from '@backstage/backend-test-utils';
import type { SchedulerService } from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { Operation } from '@kubectl-dr/core/execution/model';
import { scheduleOnOneReplica } from './schedule.ts';
import { backgroundTasks } from './tasks.ts';

type Task = Parameters<SchedulerService['scheduleTask']>[0];

/** The tasks as they reach the scheduler, and what each does when it is run. */
async function scheduled(mode: 'off' | 'report' | 'apply', verdicts = true, drills = verdicts, keepFor?: number) {
  const done: string[] = [];
  const warned: string[] = [];
  const tasks = new Map<string, Task>();
  const operation = (id: string, endedAt?: string) =>
    ({
      id,
      plan: { application: 'shop', hash: 'h' },
      undoUntil: '2026-01-15T12:00:00Z',
      release: { endedAt, steps: [] },
    }) as unknown as Operation;
  await scheduleOnOneReplica(
    { scheduleTask: async (task: Task) => void tasks.set(task.id, task) } as unknown as SchedulerService,
    backgroundTasks({
      settings: {
        policies: { mode, prune: false },
        drills: { scheduled: drills, ...(keepFor && { keepFor }) },
        notifications: { verdicts, operations: true },
      },
      reconciler: { run: async (signal) => ({ written: done.push(`corrected, ${signal.aborted}`), failed: 0, skipped: [] }) },
      driller: { round: async () => ({ started: [`drilled ${done.push('drilled')}`], resumed: [] }) },
      verdicts: { judge: async () => void done.push('judged') },
      logger: mockServices.logger.mock({ warn: (message) => void warned.push(String(message)) }),
      service: {
        releaseExpired: async () => [operation('one', '2026-01-15T12:05:00Z'), operation('two')],
        removeOldEvidence: async (_, options) => {
          done.push(`kept for ${options?.keepFor}`);
          options?.onLeft?.(operation('three'), new ServiceUnavailableError('east does not answer'));
          return [operation('old')];
        },
      },
      auditor: {
        createEvent: async ({ eventId, meta }) => ({
          success: async () => void done.push(`${eventId} ${String(meta!.operation)} success`),
          fail: async () => void done.push(`${eventId} ${String(meta!.operation)} fail`),
        }),
      },
    }),
  );
  const run = async (id: string) => {
    done.length = 0;
    await tasks.get(id)!.fn(new AbortController().signal as never);
    return [...done];
  };
  return { tasks, run, warned };
}

it('each task runs on one replica, does its own work, and ends what hangs', async () => {
  const { tasks, run } = await scheduled('apply');
  expect([...tasks.keys()]).toEqual(['dr-undo-windows', 'dr-evidence', 'dr-policies', 'dr-drills', 'dr-verdicts']);
  for (const { scope, timeout, frequency } of tasks.values()) {
    expect(scope).toBe('global');
    expect((timeout as { minutes: number }).minutes).toBeGreaterThanOrEqual((frequency as { minutes: number }).minutes);
  }
  expect(await run('dr-policies')).toEqual(['corrected, false']);
  expect(await run('dr-drills')).toEqual(['drilled']);
  expect(await run('dr-verdicts')).toEqual(['judged']);
});

it('what is over is released, and each is audited', async () => {
  const { run } = await scheduled('off');
  expect(await run('dr-undo-windows')).toEqual(['operation-confirm one success', 'operation-confirm two fail']);
});

it('old evidence is removed, and each is audited; what stays is told', async () => {
  const { run, warned } = await scheduled('off', true, false, 86_400_000);
  expect(await run('dr-evidence')).toEqual(['kept for 86400000', 'operation-remove old success']);
  expect(warned).toEqual(['The evidence of three is older than it has to be kept, and is still there: east does not answer']);
});

it('what is turned off is no task', async () => {
  for (const mode of ['off', 'report'] as const)
    expect([...(await scheduled(mode, false)).tasks.keys()]).toEqual(['dr-undo-windows', 'dr-evidence']);
});
