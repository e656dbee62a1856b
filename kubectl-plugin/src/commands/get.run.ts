import type { Fleet } from '@kubectl-dr/core/service/model';
import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import {
  applicationToWire,
  clusterToWire,
  enginesToWire,
  operationToWire,
  policyToWire,
  recoveryPointToWire,
  scheduleToWire,
  storageLocationToWire,
} from '@kubectl-dr/core/wire/encode';
import { engines } from '@kubectl-dr/core/engines/registry.generated';
import { NotFoundError } from '@kubectl-dr/core/errors';
import type { Context } from '../context.ts';
import { flagText } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { clusterNotes, exitOfFleet } from '../cluster-notes.ts';
import { data, list } from '../output/data.ts';
import {
  clusterColumns,
  componentColumns,
  componentRows,
  engineColumns,
  locationColumns,
  operationColumns,
  pointColumns,
  policyColumns,
  scheduleColumns,
} from '../output/columns.ts';
import type { Column } from '../output/table.ts';
import { table } from '../output/table.ts';
import { applicationColumns } from '../output/status.ts';
import { nextRunOf } from '../next-run.ts';
import { inNamespace, pointsOf } from '../selection.ts';

interface Listing<T> {
  kind: string;
  items: T[];
  columns: Column<T>[];
}

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service } = await context.fleet();
  const kind = args.positionals.KIND!;
  if (kind === 'operations') {
    const application = flagText(args, 'application');
    const operations = await service.operations({ ...(application ? { application } : {}), signal: context.signal });
    return print(
      { kind: 'Operation', items: operations.map(operationToWire), columns: operationColumns(context.clock.now()) },
      args,
      context,
    );
  }
  const application = flagText(args, 'application');
  const fleet = await service.fleet({
    contents: kind === 'apps' || kind === 'components' || application !== undefined,
    ...(application === undefined ? {} : { applications: [application] }),
    signal: context.signal,
  });
  const code = print(listing(kind, fleet, args, context), args, context);
  clusterNotes(fleet, context.output);
  return exitOfFleet(fleet) || code;
}

/** The union of listings keeps each kind's items and columns together. */
function listing(kind: string, fleet: Fleet, args: Arguments, context: Context): Listing<never> {
  const now = context.clock.now();
  const clocks = new Map(fleet.clusters.map((cluster) => [cluster.name, new Date(cluster.now)]));
  const clockOf = (cluster: string): Date => clocks.get(cluster) ?? now;
  const namespace = flagText(args, 'namespace');
  const applications = inNamespace(fleet.applications, namespace);
  const make = <T>(value: Listing<T>): Listing<never> => value as unknown as Listing<never>;
  switch (kind) {
    case 'apps':
      return make({ kind: 'Application', items: applications.map(applicationToWire), columns: applicationColumns(now) });
    case 'components':
      return make({ kind: 'Component', items: componentRows(applications.map(applicationToWire)), columns: componentColumns(now) });
    case 'points': {
      const points = pointsOf(fleet, { namespace, application: flagText(args, 'application') });
      const items = points.map(({ point, use }) => recoveryPointToWire(point, clockOf(point.cluster), use));
      return make<WireRecoveryPoint>({ kind: 'RecoveryPoint', items, columns: pointColumns(now) });
    }
    case 'schedules':
      return make({
        kind: 'Schedule',
        items: fleet.schedules.map((schedule) => scheduleToWire(schedule, nextRunOf(schedule, clockOf(schedule.cluster)))),
        columns: scheduleColumns(now),
      });
    case 'policies':
      return make({ kind: 'DRPolicy', items: fleet.policies.map((policy) => policyToWire(policy, fleet)), columns: policyColumns() });
    case 'locations':
      return make({ kind: 'StorageLocation', items: fleet.locations.map(storageLocationToWire), columns: locationColumns(now) });
    case 'clusters':
      return make({ kind: 'Cluster', items: fleet.clusters.map(clusterToWire), columns: clusterColumns() });
    default:
      return make({ kind: 'Engine', items: enginesToWire(engines, fleet), columns: engineColumns() });
  }
}

function print<T extends { kind: string; metadata: { name: string } }>(listing: Listing<T>, args: Arguments, context: Context): number {
  const { output } = context;
  const name = args.positionals.NAME;
  const items = name === undefined ? listing.items : listing.items.filter((item) => item.metadata.name === name);
  if (name !== undefined && items.length === 0) {
    throw new NotFoundError(`${listing.kind} "${name}" not found`, { hint: `kubectl dr get ${args.positionals.KIND}` });
  }
  const format = flagText(args, 'output');
  const text = data(format, name === undefined ? list(listing.kind, items) : items[0]!);
  if (text !== undefined) {
    output.out(text);
  } else if (items.length === 0) {
    const where = flagText(args, 'namespace');
    output.err(`No ${args.positionals.KIND} found${where ? ` in namespace ${where}` : ''}.\n`);
  } else {
    output.out(
      table(items, listing.columns, { wide: format === 'wide', headers: args.flags['no-headers'] !== true, color: output.color.out }),
    );
  }
  return exit.done;
}
