import { systemClock } from '@kubectl-dr/core/system-clock';
import type { Context, Fleet, Host } from './context.ts';
import type { Arguments } from './definition.ts';

export function createContext(args: Arguments, argv: readonly string[], host: Host): Context {
  let connected: Promise<Fleet & { close(): Promise<void> }> | undefined;
  const clock = host.clock ?? systemClock;
  return {
    ...host,
    argv,
    clock,
    leaving: {},
    fleet() {
      connected ??= import('./connect.ts').then(({ connect }) => connect(args, host, clock));
      return connected;
    },
    async close() {
      await (await connected?.catch(() => undefined))?.close();
    },
  };
}
