import { labels } from '../../application/model.ts';

const own = new Set<string>([labels.operation, labels.step]);

/** Labels and annotations that an engine, or an operation of ours, puts on what it restored: nobody's intention. */
export function isMark(key: string): boolean {
  return key.startsWith('velero.io/')
    ? /^velero\.io\/(backup|restore)-name$/.test(key)
    : own.has(key) || key === 'kubectl-dr.dev/restarted-by';
}
