import { type Action, type ActionContext, engineOf, failed, ours } from './context.ts';
import { untilEnded } from './until-ended.ts';

/** One that failed in the engine is made anew under another name. */
export function backupName(name: string, attempt: number): string {
  return attempt > 1 ? `${name}-${attempt}` : name;
}

export async function backup(action: Action<'engine.backup'>, context: ActionContext): Promise<string> {
  const { engine, at } = engineOf(action.engine, action.engineNamespace, context);
  const name = backupName(action.request.name, context.attempt);
  await engine.startBackup(at, { ...action.request, name, labels: { ...action.request.labels, ...ours(context) } });
  const end = await untilEnded(() => engine.progressOfBackup(at, name), context);
  if (end.phase === 'Succeeded') return `${name} ${end.nativePhase}`;
  throw failed(context, `the backup ${name} on ${context.cluster.name} ended ${end.nativePhase}${end.message ? `: ${end.message}` : ''}`);
}
