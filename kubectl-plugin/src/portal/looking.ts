import type { PortalApplication } from '@kubectl-dr/backstage-plugin-dr-common/src/contract/applications.ts';
import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import { reachesNamespace } from '@kubectl-dr/core/compliance/coverage';
import { InputError } from '@kubectl-dr/core/errors';
import { setsOf } from '@kubectl-dr/core/wire/sets-of';
import { drillOfOperation } from '@kubectl-dr/core/wire/encode-drill';
import { note } from '../cluster-notes.ts';
import { componentRows } from '../component-rows.ts';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { itemsShown, setsBelow } from '../items-shown.ts';
import type { Kind } from '../kinds.ts';
import type { Items } from '../listing.ts';
import { idOf, named } from '../listing.ts';
import { data } from '../output/data.ts';
import { describeText } from '../output/describe.ts';
import { lookOf } from '../output/terminal.ts';
import { applicationTree } from '../output/tree.ts';
import { showStatus } from '../status-shown.ts';
import { age } from '../view.ts';
import { latestOf, portalTime } from './operation.ts';
import type { Session } from './session.ts';

export async function status(args: Arguments, context: Context, { client, options }: Session): Promise<number> {
  const name = args.positionals.APP;
  const [applications, clusters] = await Promise.all([
    name === undefined ? client.allApplications({}, options()) : client.application(name, options()).then((one) => [one]),
    client.clusters(options()),
  ]);
  tellAge(applications, context);
  const shown = applications.filter(inNamespace(name === undefined ? flagText(args, 'namespace') : undefined));
  return showStatus(shown, { clusters: clusters.length, now: latestOf(clusters, context) }, args, context);
}

export async function get(args: Arguments, context: Context, session: Session): Promise<number> {
  const kind = args.positionals.KIND as Kind;
  const name = args.positionals.NAME;
  if (flagText(args, 'selector') !== undefined)
    throw new InputError('a portal keeps no labels', { hint: 'leave --portal out, and ask the clusters themselves' });
  const { items, now } = await listed(kind, args, context, session);
  const text = await itemsShown(kind, name === undefined ? items : named(kind, items, name), () => now, args, context);
  if (text === undefined) {
    context.output.err(`No ${kind} found.\n`);
    return exit.done;
  }
  context.output.out(text);
  const application = flagText(args, 'application');
  if (kind === 'points' && application !== undefined) {
    const sets = async (): Promise<Items['sets'][]> => {
      const found = await session.client.application(application, session.options());
      tellAge([found], context);
      return [found].filter(inNamespace(flagText(args, 'namespace'))).flatMap((one) => setsOf(one, items as Items['points'][], now));
    };
    context.output.out(await setsBelow(sets, args, context));
  }
  return exit.done;
}

export async function describe(args: Arguments, context: Context, session: Session): Promise<number> {
  const kind = args.positionals.KIND as Kind;
  const name = args.positionals.NAME!;
  const { output } = context;
  const look = lookOf(output, 'out');
  if (kind === 'operations') {
    const operation = await session.client.operation(name, session.options());
    output.out((await data(flagText(args, 'output'), operation)) ?? describeText(operation, context, await portalTime(context, session)));
    return exit.done;
  }
  if (kind === 'apps') {
    const [application, clusters] = await Promise.all([
      session.client.application(name, session.options()),
      session.client.clusters(session.options()),
    ]);
    tellAge([application], context);
    output.out(
      (await data(flagText(args, 'output'), application)) ??
        applicationTree(application, { look, now: latestOf(clusters, context), everything: true }),
    );
    return exit.done;
  }
  const { items, now } = await listed(kind, args, context, session);
  const [item] = named(kind, items, name);
  output.out((await data(flagText(args, 'output'), item!)) ?? describeText(item as Exclude<Items[Kind], Items['apps']>, context, now));
  return exit.done;
}

/** What a portal keeps of a kind, in the order in which it is shown. */
export async function listed(
  kind: Kind,
  args: Arguments,
  context: Context,
  { client, options }: Session,
): Promise<{ items: Items[Kind][]; now: Date }> {
  const application = flagText(args, 'application');
  const namespace = flagText(args, 'namespace');
  const clusters = await client.clusters(options());
  const now = latestOf(clusters, context);
  const applications = async (): Promise<PortalApplication[]> => {
    const found =
      application === undefined ? await client.allApplications({}, options()) : [await client.application(application, options())];
    tellAge(found, context);
    return found.filter(inNamespace(namespace));
  };
  switch (kind) {
    case 'apps':
      return { items: await applications(), now };
    case 'components':
      return { items: componentRows(await applications(), namespace), now };
    case 'points':
      return { items: await pointsOfAll(application === undefined ? await applications() : [application], { client, options }), now };
    case 'sets': {
      const found = await applications();
      assertFew(found, 'sets');
      const sets = new Map<PortalApplication, Items['sets'][]>();
      await few(found, async (one) => {
        sets.set(one, setsOf(one, await client.points(one.spec.entityRef ?? one.metadata.name, options()), now));
      });
      return { items: found.flatMap((one) => sets.get(one) ?? []), now };
    }
    case 'replications': {
      const copies = (await applications()).flatMap(({ status }) => status.components.flatMap(({ replications }) => replications));
      const inPlace = copies.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
      return { items: [...new Map(inPlace.map((copy) => [idOf(copy), copy])).values()], now };
    }
    case 'operations':
      return { items: await client.operations(application === undefined ? {} : { application }, options()), now };
    case 'drills': {
      const operations = await client.operations(application === undefined ? {} : { application }, options());
      const drills = operations.filter(({ spec }) => spec.intent === 'Drill');
      return { items: await Promise.all(drills.map(drillOfOperation)), now };
    }
    case 'clusters':
      return { items: clusters, now };
    case 'policies':
      return { items: await client.policies(options()), now };
    case 'locations':
      return { items: await client.locations(options()), now };
    case 'schedules': {
      const schedules = await client.schedules(options());
      return { items: schedules.filter(({ spec }) => namespace === undefined || reachesNamespace(spec.scope, namespace)), now };
    }
    case 'restores': {
      const restores = await client.restores(application === undefined ? {} : { application }, options());
      note(
        'warning',
        'restores that somebody asked an engine for directly are not listed here',
        'they are where you have credentials of the clusters: leave --portal out',
        context.output,
      );
      const touches = ({ from, to }: { from: string; to: string }): boolean => [from, to].some((each) => ['*', namespace].includes(each));
      return { items: restores.filter(({ spec }) => namespace === undefined || spec.namespaces.some(touches)), now };
    }
    case 'engines':
      return { items: await client.engines(options()), now };
  }
}

/** So many applications are asked for their points at most, a few at a time: a portal answers that for one at a time. */
const atMost = 100;
const atOnce = 8;

function assertFew(applications: readonly unknown[], what: 'points' | 'sets'): void {
  if (applications.length > atMost)
    throw new InputError(`a portal lists the ${what} of at most ${atMost} applications at a time, and here are ${applications.length}`, {
      hint: 'name one with --application APP, or some with -n NAMESPACE',
    });
}

/** For each of them, a few at a time. */
async function few<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Each point once, newest first. */
async function pointsOfAll(
  applications: readonly (string | PortalApplication)[],
  { client, options }: Session,
): Promise<WireRecoveryPoint[]> {
  assertFew(applications, 'points');
  const found = new Map<string, WireRecoveryPoint>();
  await few(applications, async (each) => {
    const name = typeof each === 'string' ? each : (each.spec.entityRef ?? each.metadata.name);
    for (const point of await client.points(name, options())) {
      const before = found.get(point.spec.id);
      const use = [...(before?.status.use ?? []), ...(point.status.use ?? [])];
      found.set(point.spec.id, { ...point, status: { ...point.status, ...(use.length > 0 && { use }) } });
    }
  });
  return [...found.values()].sort((a, b) => (b.status.capturedAt ?? '').localeCompare(a.status.capturedAt ?? ''));
}

function inNamespace(namespace: string | undefined): (application: PortalApplication) => boolean {
  return ({ spec }) =>
    namespace === undefined || spec.components.some(({ placements }) => placements.some((place) => place.namespace === namespace));
}

/** The portal shows what it saw last: what is older than a few minutes is said. */
const old = 300;

function tellAge(applications: readonly PortalApplication[], { output }: Context): void {
  const stale = Math.max(0, ...applications.map(({ staleSeconds }) => staleSeconds));
  if (stale > old) note('warning', `the portal last heard from a cluster ${age(stale)} ago`, undefined, output);
}
