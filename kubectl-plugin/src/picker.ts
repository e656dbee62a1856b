import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import type { Context } from './context.ts';
import type { Arguments } from './definition.ts';
import { UsageError } from './exit-codes.ts';
import { clean } from './output/terminal.ts';
import { pointsOf } from './selection.ts';
import { since } from './view.ts';

/** So many points are offered; older ones are named with --to. */
const most = 50;

/**
 * What `restore` was not told, asked on the terminal: the application, then which point, then which components. UsageError
 * where nobody can be asked.
 */
export async function picked(args: Arguments, context: Context): Promise<Arguments> {
  const missing = new UsageError('APP is missing', 'restore');
  if (!context.asks()) throw missing;
  const { service } = await context.fleet();
  const { signal } = context;
  const fleet = await service.fleet({ contents: false, signal });
  const names = fleet.applications.map(({ application, verdict, ageSeconds }) => ({
    value: application.name,
    label: clean(application.name),
    hint: [verdict, ageSeconds === undefined ? 'no point' : undefined, application.owner]
      .filter(Boolean)
      .map(String)
      .map((text) => clean(text))
      .join(', '),
  }));
  if (names.length === 0) throw new UsageError('there is no application to restore', 'restore');
  const [name] = (await context.choose('Which application?', names, signal)) ?? [];
  if (name === undefined) throw missing;
  const app = (await service.fleet({ applications: [name], contents: true, signal })).applications[0]!;
  const flags = { ...args.flags };
  flags.to ??= await pointFor(app, context);
  flags.component ??= await componentsOf(app, context);
  return { positionals: { ...args.positionals, APP: name }, flags };
}

async function pointFor(app: ApplicationStatus, context: Context): Promise<string | undefined> {
  const now = context.clock.now();
  const points = pointsOf({ applications: [app], points: [] }, { namespace: undefined, application: app.application.name });
  const choices = points.slice(0, most).map(({ point, use = [] }) => ({
    value: point.name,
    label: `${clean(point.name)}  ${since(point.capturedAt, now) ?? '<unknown>'} old`,
    hint: `${use.filter(({ use: each }) => each.usable === 'yes').length} of ${use.length} components`,
  }));
  const latest = { value: 'latest', label: 'latest', hint: 'the newest usable point of each component' };
  return (await context.choose('Which recovery point?', [latest, ...choices], context.signal))?.[0];
}

async function componentsOf({ components }: ApplicationStatus, context: Context): Promise<string[] | undefined> {
  if (components.length < 2) return undefined;
  const choices = components.map(({ component: { name }, verdict }) => ({ value: name, label: clean(name), hint: verdict }));
  const chosen = await context.choose('Which components?', choices, context.signal, { many: true });
  return chosen && chosen.length < components.length ? chosen : undefined;
}
