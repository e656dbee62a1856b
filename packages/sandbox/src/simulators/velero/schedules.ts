import { nextRun, timetable } from '@kubectl-dr/core/policy/schedule';
import { labelValue } from '@kubectl-dr/core/engines/velero/label';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import { at, recordAt, textAt } from '../../api/json.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { find } from '../find.ts';
import type { VeleroOptions } from './context.ts';
import { now, patch, refIn } from './context.ts';
import { kinds } from './kinds.ts';

const type = kinds.schedules;
const minute = 60_000;
const running = new Set(['', 'New', 'InProgress']);

/** Makes a backup whenever one is due; what was missed is not made up for more than once (`schedule_controller.go`). */
export function scheduleController(options: VeleroOptions): Controller {
  return {
    name: 'velero schedules',
    watches: [own(type)],
    async reconcile({ name }): Promise<number | void> {
      const schedule = await find(options.cluster, refIn(options, type, name));
      if (schedule === undefined || schedule.metadata.deletionTimestamp !== undefined) return;
      // One that is paused is not even looked at: a new one gets no phase.
      if (at(schedule, 'spec', 'paused') === true) return;
      const table = timetable(textAt(schedule, 'spec', 'schedule'));
      const phase = textAt(schedule, 'status', 'phase');
      if (table === undefined) {
        const expression = textAt(schedule, 'spec', 'schedule');
        const found = expression.split(/\s+/).filter(Boolean).length;
        const validationErrors = [
          expression === ''
            ? 'Schedule must be a non-empty valid Cron expression'
            : `invalid schedule: expected exactly 5 fields, found ${found}: [${expression}]`,
        ];
        if (phase !== 'FailedValidation') await patch(options, type, name, { status: { phase: 'FailedValidation', validationErrors } });
        return;
      }
      if (phase !== 'Enabled') await patch(options, type, name, { status: { phase: 'Enabled', validationErrors: null } });
      if (at(schedule, 'spec', 'skipImmediately') === true) {
        await patch(options, type, name, { spec: { skipImmediately: false }, status: { lastSkipped: now(options) } });
        return;
      }
      const since = lastRun(schedule);
      const due = nextRun(table, since, since);
      if (due === undefined) return;
      const left = due.getTime() - options.clock.now().getTime();
      if (left > 0) return Math.min(left, 60 * minute);
      if (await isRunning(options, name)) return minute;
      await submit(options, schedule);
    },
  };
}

function lastRun(schedule: KubeObject): Date {
  const times = [schedule.metadata.creationTimestamp, textAt(schedule, 'status', 'lastBackup'), textAt(schedule, 'status', 'lastSkipped')];
  return new Date(Math.max(...times.map((time) => Date.parse(time ?? '') || 0)));
}

async function isRunning({ cluster, namespace }: VeleroOptions, name: string): Promise<boolean> {
  const { items } = await cluster.list(kinds.backups, { namespace, labelSelector: `velero.io/schedule-name=${await labelValue(name)}` });
  return items.some((backup) => running.has(textAt(backup, 'status', 'phase')));
}

async function submit(options: VeleroOptions, schedule: KubeObject): Promise<void> {
  const backup = await scheduledBackup(schedule, options.clock.now(), options.namespace);
  await options.cluster.create(kinds.backups, backup);
  await patch(options, type, schedule.metadata.name, { status: { lastBackup: now(options) } });
}

/** The backup that a schedule makes at a time: `<schedule>-YYYYMMDDhhmmss` in UTC, with the schedule's labels. */
export async function scheduledBackup(schedule: KubeObject, time: Date, namespace: string): Promise<KubeObject> {
  const { name, labels, annotations } = schedule.metadata;
  const template = recordAt(schedule, 'spec', 'template');
  const own = recordAt(template, 'metadata', 'labels') as Record<string, string>;
  const stamp = time.toISOString().replace(/\D/g, '').slice(0, 14);
  return {
    apiVersion: apiVersionOf(kinds.backups),
    kind: kinds.backups.kind,
    metadata: {
      name: `${name}-${stamp}`,
      namespace,
      labels: { ...(Object.keys(own).length > 0 ? own : labels), 'velero.io/schedule-name': await labelValue(name) },
      ...(annotations && { annotations }),
      ...(at(schedule, 'spec', 'useOwnerReferencesInBackup') === true && {
        ownerReferences: [{ apiVersion: schedule.apiVersion, kind: schedule.kind, name, uid: schedule.metadata.uid!, controller: true }],
      }),
    },
    spec: template,
  };
}
