import type { Operation, OperationEvent, StepRecord } from '@kubectl-dr/core/execution/model';
import type { Output } from './terminal.ts';
import { clean, paint, stateStyle } from './terminal.ts';

/**
 * Progress of an operation on stderr: on a terminal one block of step lines that is rewritten, otherwise one line per
 * change, so that a log stays readable.
 */
export function progress(output: Output, operation: Operation): { show(event: OperationEvent): void; end(): void } {
  const titles = new Map(operation.plan.waves.flat().map((step) => [step.id, step.title]));
  const steps = new Map<string, StepRecord>(operation.steps.map((step) => [step.id, step]));
  const told = new Map<string, string>();
  let drawn = 0;

  const symbol = (state: StepRecord['state']): string => {
    const [pretty, plain] = {
      Pending: ['·', '.'],
      Running: ['▸', '>'],
      Succeeded: ['✓', 'ok'],
      Failed: ['✗', 'x'],
      Skipped: ['-', '-'],
      Undone: ['↶', '<'],
    }[state] as [string, string];
    return paint(output.color.err, stateStyle[state], output.unicode ? pretty : plain);
  };
  const line = (step: StepRecord): string => {
    const share = step.progress === undefined || step.state !== 'Running' ? '' : ` ${Math.round(step.progress * 100)}%`;
    const news = step.message && step.state !== 'Succeeded' ? `  ${clean(step.message, 160)}` : '';
    return `${symbol(step.state)} ${clean(titles.get(step.id) ?? step.id)}${share}${news}`;
  };
  const draw = (): void => {
    const lines = [...steps.values()].map(line);
    const width = output.columns.err ?? 120;
    output.err(`${drawn > 0 ? `\u001b[${drawn}A` : ''}${lines.map((text) => `\u001b[2K${fit(text, width)}`).join('\n')}\n`);
    drawn = lines.length;
  };

  return {
    show(event) {
      if (event.type === 'operation') {
        for (const step of event.operation.steps) steps.set(step.id, step);
      } else {
        steps.set(event.step.id, event.step);
      }
      if (output.live) {
        draw();
        return;
      }
      for (const step of steps.values()) {
        const now = `${step.state}${step.state === 'Failed' ? (step.message ?? '') : ''}`;
        if (step.state === 'Pending' || told.get(step.id) === now) continue;
        told.set(step.id, now);
        output.err(
          `${step.state}: ${clean(titles.get(step.id) ?? step.id)}${step.message && step.state === 'Failed' ? `: ${clean(step.message)}` : ''}\n`,
        );
      }
    },
    end() {
      if (output.live) draw();
    },
  };
}

/** Cuts to the terminal's width without counting colour sequences. */
function fit(text: string, width: number): string {
  // oxlint-disable-next-line no-control-regex -- our own colour sequences
  const visible = text.replace(/\u001b\[\d+m/g, '');
  return visible.length <= width ? text : `${visible.slice(0, Math.max(0, width - 3))}...`;
}
