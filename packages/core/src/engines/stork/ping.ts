import type { EngineContext } from '../../ports/engine-context.ts';
import { pingController } from '../controller-ping.ts';
import { kinds } from './kinds.ts';

export function ping(context: EngineContext): Promise<{ version?: string }> {
  return pingController(context, {
    title: 'Stork',
    types: [kinds.backups, kinds.restores],
    install: 'install Stork; it brings its CustomResourceDefinitions itself',
    pods: { what: 'pods', label: 'name=stork' },
  });
}
