import type { Operation, OperationEvent } from '@kubectl-dr/core/execution/model';
import type { StepRecord } from '@kubectl-dr/core/execution/states';
import type { Phase } from '../phase.ts';
import { cut } from './text-width.ts';
import type { Output, Style } from './terminal.ts';
import { clean, paint, stateStyle } from './terminal.ts';

export interface Progress {
  show(event: OperationEvent): void;
  end(): void;
}

const words: Record<StepRecord['state'], [pretty: string, plain: string]> = {
  Pending: ['·', '.'],
  Running: ['▸', '>'],
  Succeeded: ['✓', 'ok'],
  Failed: ['✗', 'x'],
  Skipped: ['-', '-'],
  Undone: ['↶', '<'],
};

/**
 * Progress of an operation on stderr. Each step is told once when it begins and once when it ends, so that a log stays
 * readable; on a terminal those that run stand below in lines that are rewritten, with how far they are.
 */
export function progress(output: Output, operation: Operation, phase: Phase): Progress {
  const titles = new Map(phase.steps.map((step) => [step.id, `[${step.cluster}] ${step.title}`]));
  const recordsIn = (later: Operation): StepRecord[] => phase.recordsIn(later).filter(({ id }) => titles.has(id));
  const steps = new Map<string, StepRecord>(recordsIn(operation).map((step) => [step.id, step]));
  // What had ended before this process took over is not told again.
  const told = new Map<string, StepRecord['state']>([...steps.values()].filter(hasEnded).map((step) => [step.id, step.state]));
  let drawn = 0;

  const erase = (): void => {
    if (drawn > 0) output.err(`\r\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const lineOf = (step: StepRecord, news: string): string => {
    const [pretty, plain] = words[step.state];
    const text = `${output.unicode ? pretty : plain} ${clean(titles.get(step.id) ?? step.id)}${news}`;
    return paint(output.color.err, stateStyle[step.state], output.columns.err === undefined ? text : cut(text, output.columns.err - 1));
  };
  const draw = (): void => {
    const running = [...steps.values()].filter(({ state }) => state === 'Running');
    const done = [...steps.values()].filter(hasEnded).length;
    // One line for the sum, one that stays free for the cursor.
    const room = Math.max(1, (output.rows ?? 24) - 2);
    const shown = running.slice(0, room);
    const more = running.length - shown.length;
    const lines = shown.map((step) => {
      const share = step.progress === undefined ? '' : ` ${Math.round(step.progress * 100)}%`;
      return lineOf(step, `${share}${step.message ? `  ${clean(step.message, 160)}` : ''}`);
    });
    lines.push(paint(output.color.err, 'grey', `  ${done} of ${steps.size} steps${more > 0 ? `, ${more} more running` : ''}`));
    output.err(lines.map((line) => `${line}\n`).join(''));
    drawn = lines.length;
  };
  const tell = (): void => {
    for (const step of steps.values()) {
      const { id, state } = step;
      if (told.get(id) === state || state === 'Pending' || (output.live && state === 'Running')) continue;
      told.set(id, state);
      if (output.live) {
        output.err(`${lineOf(step, step.message && state === 'Failed' ? `: ${clean(step.message, 600)}` : '')}\n`);
      } else {
        const style: Style | undefined = stateStyle[state];
        const why = step.message && state === 'Failed' ? `: ${clean(step.message, 600)}` : '';
        output.err(`${paint(output.color.err, style, state)}: ${clean(titles.get(id) ?? id)}${why}\n`);
      }
    }
  };

  return {
    show(event) {
      for (const step of event.type === 'operation' ? recordsIn(event.operation) : [event.step]) steps.set(step.id, step);
      if (output.live) erase();
      tell();
      if (output.live) draw();
    },
    end() {
      if (output.live) erase();
      tell();
    },
  };
}

function hasEnded({ state }: StepRecord): boolean {
  return state !== 'Pending' && state !== 'Running';
}
