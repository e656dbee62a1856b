import { InputError } from '../../errors.ts';
import { type Action, type ActionContext, engineOf } from './context.ts';

export async function removePoint(action: Action<'point.remove'>, context: ActionContext): Promise<string> {
  const { engine, at } = engineOf(action.engine, action.engineNamespace, context);
  if (!engine.removePoint) throw new InputError(`${engine.title} removes its points by itself`);
  await engine.removePoint(at, action.point);
  return `${action.point.name} is removed`;
}
