import type { Step } from '../planning/model.ts';

/** Steps that look and wait, and those that let controllers act again, which come at the very end. */
const looks: ReadonlySet<string> = new Set([
  'await.ready',
  'await.claims',
  'point.await',
  'engine.restore.end',
  'check.http',
  'check.exec',
]);

/** What lets others act again, or tidies up, when it is over. */
const settles: ReadonlySet<string> = new Set([
  'object.resume',
  'replication.promote.end',
  'replication.sync.end',
  'replication.reverse',
  'mover.finish',
]);

/** Nothing but looking and tidying up is left. */
export function onlyVerifies(waves: readonly (readonly Step[])[]): boolean {
  const kinds = waves.flat().map(({ action }) => action.kind);
  return kinds.some((kind) => looks.has(kind)) && kinds.every((kind) => looks.has(kind) || settles.has(kind));
}
