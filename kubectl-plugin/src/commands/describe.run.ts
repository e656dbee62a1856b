import type { Fleet } from '@kubectl-dr/core/service/model';
import { applicationToWire, clusterToWire, operationToWire, recoveryPointToWire } from '@kubectl-dr/core/wire/encode';
import { NotFoundError } from '@kubectl-dr/core/errors';
import { nearest } from '@kubectl-dr/core/text/nearest';
import type { Context } from '../context.ts';
import { flagText } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { data } from '../output/data.ts';
import { applicationTree } from '../output/status.ts';
import { pointColumns } from '../output/columns.ts';
import { describeOperation, describePoint } from '../output/describe.ts';
import { reasonLines } from '../output/reasons.ts';
import { table } from '../output/table.ts';
import { clean } from '../output/terminal.ts';
import { pointsOf } from '../selection.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const name = args.positionals.NAME!;
  const { service } = await context.fleet();
  if (args.positionals.KIND === 'operation') {
    const operation = await service.operation(name);
    context.output.out(
      data(flagText(args, 'output'), operationToWire(operation)) ?? describeOperation(operation, context.output.color.out),
    );
    return exit.done;
  }
  const fleet = await service.fleet({
    contents: true,
    ...(args.positionals.KIND === 'app' ? { applications: [name] } : {}),
    signal: context.signal,
  });
  context.output.out(
    args.positionals.KIND === 'app'
      ? await application(name, fleet, args, context)
      : args.positionals.KIND === 'point'
        ? point(name, fleet, args, context)
        : cluster(name, fleet, args, context),
  );
  return exit.done;
}

async function application(name: string, fleet: Fleet, args: Arguments, context: Context): Promise<string> {
  const { service } = await context.fleet();
  const wire = applicationToWire(await service.application(name, { signal: context.signal }));
  const text = data(flagText(args, 'output'), wire);
  if (text !== undefined) return text;
  const { color, columns: _, unicode } = context.output;
  const now = context.clock.now();
  const points = pointsOf(fleet, { namespace: undefined, application: name });
  const rows = points.slice(0, 20).map((entry) => recoveryPointToWire(entry.point, now, entry.use));
  const more =
    points.length > rows.length
      ? `... and ${points.length - rows.length} older: kubectl dr get points --application ${clean(wire.metadata.name)}\n`
      : '';
  return `${applicationTree(wire, { color: color.out, unicode, now })}\nRecovery points:\n${table(rows, pointColumns(now), { color: color.out }) || '<none>\n'}${more}\nNext:\n  kubectl dr backup ${clean(wire.metadata.name)}\n  kubectl dr plan restore ${clean(wire.metadata.name)}\n`;
}

function point(name: string, fleet: Fleet, args: Arguments, context: Context): string {
  const found = fleet.points.filter((candidate) => candidate.name === name || candidate.id === name);
  if (found.length === 0) {
    const guess = nearest(
      name,
      fleet.points.map((candidate) => candidate.name),
    );
    throw new NotFoundError(`there is no recovery point "${name}"`, {
      code: 'NO_POINT',
      hint: guess ? `did you mean ${guess}?` : 'kubectl dr get points',
    });
  }
  if (found.length > 1) {
    throw new NotFoundError(`"${name}" names ${found.length} recovery points: ${found.map((candidate) => candidate.id).join(', ')}`, {
      code: 'NO_POINT',
      hint: 'use the whole id',
    });
  }
  const [chosen] = found;
  const clock = fleet.clusters.find((candidate) => candidate.name === chosen!.cluster);
  const uses = fleet.applications.flatMap((app) =>
    app.components.flatMap((component) =>
      component.points
        .filter((use) => use.point.id === chosen!.id)
        .map((use) => ({ component: `${app.application.name}/${component.component.name}`, use })),
    ),
  );
  const wire = recoveryPointToWire(chosen!, clock ? new Date(clock.now) : context.clock.now(), uses);
  return data(flagText(args, 'output'), wire) ?? describePoint(wire, context.output.color.out);
}

function cluster(name: string, fleet: Fleet, args: Arguments, context: Context): string {
  const found = fleet.clusters.find((candidate) => candidate.name === name);
  if (!found) {
    const guess = nearest(
      name,
      fleet.clusters.map((candidate) => candidate.name),
    );
    throw new NotFoundError(`there is no cluster "${name}"`, {
      code: 'UNKNOWN_CLUSTER',
      hint: guess ? `did you mean ${guess}?` : 'kubectl dr get clusters',
    });
  }
  const wire = clusterToWire(found);
  const text = data(flagText(args, 'output'), wire);
  if (text !== undefined) return text;
  const lines = [
    `Name:       ${clean(found.name)}`,
    `Identity:   ${clean(found.identity ?? '<unknown>')}`,
    `Reachable:  ${found.reachable ? 'yes' : `no, ${clean(found.error?.message ?? '')}`}`,
  ];
  for (const engine of found.engines) {
    lines.push(
      `Engine:     ${engine.engine} ${engine.installed ? `in ${clean(engine.namespace ?? '')} ${clean(engine.version ?? '')}` : 'not installed'}`,
    );
    lines.push(...reasonLines(engine.problems, '  ', context.output.color.out));
  }
  return `${lines.join('\n')}\n`;
}
