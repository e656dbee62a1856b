import { mockServices } from '@backstage/backend-test-utils';
import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { Operation } from '@kubectl-dr/core/execution/model';
import { scheduleUndoWindows } from './undo-windows.ts';

type Task = Parameters<SchedulerService['scheduleTask']>[0];

it('releases what is over, once for all replicas, and audits each', async () => {
  const tasks: Task[] = [];
  const audit: string[] = [];
  const operation = (id: string, endedAt?: string) =>
    ({
      id,
      plan: { application: 'shop', hash: 'h' },
      undoUntil: '2026-01-15T12:00:00Z',
      release: { endedAt, steps: [] },
    }) as unknown as Operation;
  await scheduleUndoWindows({ scheduleTask: async (task: Task) => void tasks.push(task) } as unknown as SchedulerService, {
    logger: mockServices.logger.mock(),
    service: { releaseExpired: async () => [operation('one', '2026-01-15T12:05:00Z'), operation('two')] },
    auditor: {
      createEvent: async ({ eventId, meta }) => ({
        success: async () => void audit.push(`${eventId} ${String(meta!.operation)} success`),
        fail: async () => void audit.push(`${eventId} ${String(meta!.operation)} fail`),
      }),
    },
  });
  expect(tasks).toMatchObject([{ id: 'dr-undo-windows', scope: 'global' }]);
  await tasks[0]!.fn(new AbortController().signal as never);
  expect(audit).toEqual(['operation-confirm one success', 'operation-confirm two fail']);
});
