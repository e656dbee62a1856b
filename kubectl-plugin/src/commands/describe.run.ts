import { InputError } from '@kubectl-dr/core/errors';
import type { Fleet } from '@kubectl-dr/core/service/model';
import { recoveryPointToWire } from '@kubectl-dr/core/wire/encode';
import { clusterTime, nowOf } from '../cluster-clock.ts';
import { clusterNotes, exitOfFleet } from '../cluster-notes.ts';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import type { Kind } from '../kinds.ts';
import { kinds } from '../kinds.ts';
import type { Items } from '../listing.ts';
import { idOf, listing, named } from '../listing.ts';
import { pointColumns } from '../output/columns.ts';
import { data } from '../output/data.ts';
import { describeText } from '../output/describe.ts';
import { timeline } from '../output/timeline.ts';
import { applicationTree } from '../output/tree.ts';
import { table } from '../output/table.ts';
import { clean, lookOf } from '../output/terminal.ts';
import { pointsOf } from '../selection.ts';

/** How many points of an application are shown. */
const most = 20;

export async function run(args: Arguments, context: Context): Promise<number> {
  const kind = args.positionals.KIND as Kind;
  const name = args.positionals.NAME!;
  // Of an application the points as well, with what each brings back of it.
  const { items, fleet } = await listing(kind, kind === 'apps' ? { ...args, flags: { ...args.flags, application: name } } : args, context);
  if (fleet) clusterNotes(fleet, context.output);
  // When nothing could be read, nobody knows whether there is one.
  if (fleet && items.length === 0 && exitOfFleet(fleet) !== exit.done) return exitOfFleet(fleet);
  const [item, ...others] = kind === 'apps' ? items : named(kind, items, name);
  if (!item) return exit.error;
  if (others.length > 0) {
    const ids = [item, ...others].map(idOf);
    throw new InputError(`"${name}" names ${ids.length} ${kind}: ${ids.join(', ')}`, {
      hint: `kubectl dr describe ${kinds[kind].one} ${ids[0]}`,
    });
  }
  const shown = item.kind === 'RecoveryPoint' ? await withUse(item, context) : item;
  const text = await data(flagText(args, 'output'), shown);
  context.output.out(
    text ??
      (shown.kind === 'Application'
        ? application(shown, fleet!, context)
        : describeText(shown, context, fleet ? nowOf(fleet, context.clock) : await clusterTime(context, homeOf(shown)))),
  );
  return fleet ? exitOfFleet(fleet) : exit.done;
}

/** The cluster whose clock an operation lives by. */
function homeOf(item: Items[Kind]): string | undefined {
  return item.kind === 'Operation' ? item.spec.home : undefined;
}

/** For which components of the whole fleet it is good. */
async function withUse(item: Items['points'], context: Context): Promise<Items['points']> {
  const { service } = await context.fleet();
  const fleet = await service.fleet({ contents: true, signal: context.signal });
  const point = fleet.points.find(({ id }) => id === item.spec.id);
  if (!point) return item;
  const uses = fleet.applications.flatMap(({ application: { name }, components }) =>
    components.flatMap(({ component, points }) =>
      points.filter((use) => use.point.id === point.id).map((use) => ({ component: `${name}/${component.name}`, use })),
    ),
  );
  const clock = fleet.clusters.find(({ name }) => name === point.cluster)?.now;
  return recoveryPointToWire(point, clock === undefined ? nowOf(fleet, context.clock) : new Date(clock), uses);
}

function application(app: Items['apps'], fleet: Fleet, context: Context): string {
  const look = lookOf(context.output, 'out');
  const now = nowOf(fleet, context.clock);
  const name = clean(app.metadata.name);
  const points = pointsOf(fleet, { namespace: undefined, application: app.metadata.name });
  const rows = points.slice(0, most).map(({ point, use }) => recoveryPointToWire(point, now, use));
  const older = points.length - rows.length;
  return [
    applicationTree(app, { look, now, everything: true }),
    ...timeline(
      fleet.applications.find(({ application: { name: each } }) => each === app.metadata.name)!,
      now,
      look,
    ).map((line, index) => `${index === 0 ? '\n' : ''}${line}\n`),
    '\nRecovery points, newest first:\n',
    table(rows, pointColumns(now, true), { look }) || '<none>\n',
    older > 0 ? `and ${older} older: kubectl dr get points --application ${name}\n` : '',
    `\nNext:\n  kubectl dr backup ${name}\n  kubectl dr plan restore ${name}\n`,
  ].join('');
}
