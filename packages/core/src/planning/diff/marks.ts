import { labels } from '../../application/model.ts';
import type { Engine } from '../../ports/engine.ts';

const own = new Set<string>([labels.operation, labels.step, 'kubectl-dr.dev/restarted-by']);

/** Labels and annotations that an engine, or an operation of ours, puts on what it restored: nobody's intention. */
export function marksOf({ marks = [] }: Pick<Engine, 'marks'>): (key: string) => boolean {
  return (key) => own.has(key) || marks.includes(key);
}

/** Of several engines: what one of them restored may go on with another, or without any. */
export function marksOfAll(engines: readonly Pick<Engine, 'marks'>[]): (key: string) => boolean {
  return marksOf({ marks: engines.flatMap(({ marks = [] }) => marks) });
}
