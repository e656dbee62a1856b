import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { clean } from './output/terminal.ts';
import { until } from './view.ts';

/** What may be done with an operation in its present state: command lines, each with what it is good for. */
export function nextCommands({ metadata, spec, status }: WireOperation, now: Date): [line: string, what: string][] {
  const { state, undo, release, undoUntil, cleanUp } = status;
  const on = (verb: string): string => `kubectl dr ${verb} ${clean(metadata.name)}`;
  const application = clean(spec.application);
  if (release && release.endedAt === undefined) return [[on('resume'), 'go on giving up what was kept']];
  switch (state) {
    case 'Succeeded': {
      const look: [string, string][] =
        spec.intent === 'Backup'
          ? [[`kubectl dr get points --application ${application}`, 'the new point']]
          : spec.intent === 'Drill'
            ? [[`kubectl dr describe drill ${clean(metadata.name)}`, 'what it proved, with its evidence']]
            : [];
      const copies = (spec.undo.release ?? []).flat().some(({ action }) => action.kind === 'copy.stop') && release?.endedAt === undefined;
      if (copies) return [[on('confirm'), 'stop the old copy as soon as its cluster answers, and see that it stands still']];
      const left = until(undoUntil, now);
      if (undoUntil === undefined || !spec.undo.waves) return look;
      const confirm = spec.undo.release ? 'give up what is kept for an undo' : 'end the time in which it can be undone';
      return [...look, ...(left ? [[on('undo'), `until ${undoUntil}, ${left}`] as [string, string]] : []), [on('confirm'), confirm]];
    }
    case 'Failed':
    case 'Cancelled':
      return [
        [on('logs'), 'what happened, in order'],
        ...(spec.intent === 'Drill' ? [[`kubectl dr describe drill ${clean(metadata.name)}`, 'what it found'] as [string, string]] : []),
        ...(state === 'Failed' && cleanUp?.endedAt === undefined
          ? [[on('resume'), undo ? 'try the rest of the undo again' : 'try again from where it failed'] as [string, string]]
          : []),
        ...(spec.undo.waves && !undo ? [[on('undo'), 'put everything back as it was'] as [string, string]] : []),
      ];
    case 'Undone':
      return [];
    case 'WaitingForApproval':
      return [
        [on('approve'), 'by somebody else of the team, or an operator'],
        [on('reject'), 'by whoever could approve it'],
        [on('cancel'), 'take the request back'],
      ];
    default:
      return [
        [on('wait'), 'until it has ended'],
        [`${on('logs')} -f`, 'watch it'],
        ...(state === 'Undoing' ? [] : [[on('cancel'), 'ask it to stop'] as [string, string]]),
        [on('resume'), 'if the process that held it is dead'],
      ];
  }
}
