import { applicationToWire, recoveryPointToWire } from '@kubectl-dr/core/wire/encode';
import type { WireApplication } from '@kubectl-dr/core/wire/application';
import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import { nowOf } from './cluster-clock.ts';
import type { Context } from './context.ts';
import type { Arguments } from './definition.ts';
import { UsageError } from './exit-codes.ts';
import { clean } from './output/terminal.ts';
import { pointsOf } from './selection.ts';
import { age } from './view.ts';

/** So many points are offered; older ones are named with --to. */
const most = 50;

/** Where the picker finds what it offers. */
export interface Shelf {
  applications(): Promise<readonly WireApplication[]>;
  /** One of them, with its points, newest first. */
  open(name: string): Promise<{ application: WireApplication; points: readonly WireRecoveryPoint[] }>;
}

/** By the clusters themselves. */
export function shelfOfClusters(context: Context): Shelf {
  const { signal } = context;
  return {
    async applications() {
      const { service } = await context.fleet();
      return (await service.fleet({ contents: false, signal })).applications.map(applicationToWire);
    },
    async open(name) {
      const { service } = await context.fleet();
      const fleet = await service.fleet({ applications: [name], contents: true, signal });
      const now = nowOf(fleet, context.clock);
      const points = pointsOf(fleet, { namespace: undefined, application: name });
      return {
        application: applicationToWire(fleet.applications[0]!),
        points: points.map(({ point, use }) => recoveryPointToWire(point, now, use)),
      };
    },
  };
}

/**
 * What `restore` was not told, asked on the terminal: the application, then which point, then which components. UsageError
 * where nobody can be asked.
 */
export async function picked(args: Arguments, context: Context, shelf: Shelf): Promise<Arguments> {
  const missing = new UsageError('APP is missing', 'restore');
  if (!context.asks()) throw missing;
  const names = (await shelf.applications()).map(({ metadata, spec, status }) => ({
    value: metadata.name,
    label: clean(metadata.name),
    hint: [status.verdict, status.recoveryPoint === undefined ? 'no point' : undefined, spec.owner]
      .filter((text) => text !== undefined)
      .map((text) => clean(text))
      .join(', '),
  }));
  if (names.length === 0) throw new UsageError('there is no application to restore', 'restore');
  const [name] = (await context.choose('Which application?', names, context.signal)) ?? [];
  if (name === undefined) throw missing;
  const { application, points } = await shelf.open(name);
  const flags = { ...args.flags };
  flags.to ??= await pointFor(points, context);
  flags.component ??= await componentsOf(application, context);
  return { positionals: { ...args.positionals, APP: name }, flags };
}

async function pointFor(points: readonly WireRecoveryPoint[], context: Context): Promise<string | undefined> {
  const choices = points.slice(0, most).map(({ metadata, status: { ageSeconds, use = [] } }) => ({
    value: metadata.name,
    label: `${clean(metadata.name)}  ${age(ageSeconds) ?? '<unknown>'} old`,
    hint: `${use.filter(({ usable }) => usable === 'yes').length} of ${use.length} components`,
  }));
  const latest = { value: 'latest', label: 'latest', hint: 'the newest usable point of each component' };
  return (await context.choose('Which recovery point?', [latest, ...choices], context.signal))?.[0];
}

async function componentsOf({ status: { components } }: WireApplication, context: Context): Promise<string[] | undefined> {
  if (components.length < 2) return undefined;
  const choices = components.map(({ name, verdict }) => ({ value: name, label: clean(name), hint: verdict }));
  const chosen = await context.choose('Which components?', choices, context.signal, { many: true });
  return chosen && chosen.length < components.length ? chosen : undefined;
}
