import type { EngineContext } from '../../ports/engine-context.ts';
import { pingController } from '../controller-ping.ts';
import { kinds } from './kinds.ts';

export function ping(context: EngineContext): Promise<{ version?: string }> {
  return pingController(context, {
    title: 'VolSync',
    types: Object.values(kinds),
    install: 'install VolSync with its CustomResourceDefinitions',
    pods: { what: 'controller', label: 'app.kubernetes.io/name=volsync' },
  });
}
