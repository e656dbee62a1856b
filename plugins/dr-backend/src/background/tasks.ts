import type { AuditorService, LoggerService } from '@backstage/backend-plugin-api';
import type { DrService } from '@kubectl-dr/core/service/port';
import type { Settings } from '../config/settings.ts';
import type { Driller } from '../drills/Driller.ts';
import type { Reconciler } from '../policies/Reconciler.ts';
import type { VerdictWatch } from '../verdicts/VerdictWatch.ts';
import type { BackgroundTask } from './schedule.ts';
import { removeOldEvidence } from './old-evidence.ts';
import { endUndoWindows } from './undo-windows.ts';

/** What a portal does by itself, as far as its configuration wants it. */
export function backgroundTasks({
  settings,
  reconciler,
  verdicts,
  driller,
  ...background
}: {
  settings: Pick<Settings, 'policies' | 'drills' | 'notifications'>;
  reconciler: Pick<Reconciler, 'run'>;
  verdicts: Pick<VerdictWatch, 'judge'>;
  driller: Pick<Driller, 'round'>;
  service: Pick<DrService, 'releaseExpired' | 'removeOldEvidence'>;
  auditor: AuditorService;
  logger: LoggerService;
}): BackgroundTask[] {
  const tasks: BackgroundTask[] = [
    { id: 'dr-undo-windows', every: 5, timeout: 30, delay: 1, round: (signal) => endUndoWindows(background, signal) },
    {
      id: 'dr-evidence',
      every: 60,
      timeout: 60,
      delay: 4,
      round: (signal) => removeOldEvidence({ ...background, keepFor: settings.drills.keepFor }, signal),
    },
  ];
  if (settings.policies.mode === 'apply')
    tasks.push({ id: 'dr-policies', every: 5, timeout: 30, delay: 2, round: (signal) => reconciler.run(signal) });
  if (settings.drills.scheduled) tasks.push({ id: 'dr-drills', every: 5, timeout: 30, delay: 3, round: (signal) => driller.round(signal) });
  if (settings.notifications.verdicts) tasks.push({ id: 'dr-verdicts', every: 1, timeout: 5, delay: 2, round: () => verdicts.judge() });
  return tasks;
}
