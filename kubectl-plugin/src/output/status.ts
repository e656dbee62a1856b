import { verdicts } from '@kubectl-dr/core/service/model';
import type { WireApplication } from '@kubectl-dr/core/wire/application';
import { counted } from '@kubectl-dr/core/text/counted';
import { age, duration, since, until } from '../view.ts';
import { worstFirst } from './reasons.ts';
import type { Column } from './table.ts';
import { table } from './table.ts';
import { padEnd, textWidth, wrap, wrapStep } from './text-width.ts';
import type { Look } from './terminal.ts';
import { clean, nextStep, verdictStyle } from './terminal.ts';

type Rpo = WireApplication['status']['rpo'];
type Reasons = WireApplication['status']['reasons'];

/** `4m of 15m`, `4m` without an objective, `none of 15m` without a point. */
export function ageOfRpo(rpo: Rpo): string | undefined {
  const actual = age(rpo.actualSeconds);
  if (rpo.objectiveSeconds === undefined) return actual;
  return `${actual ?? 'none'} of ${duration(rpo.objectiveSeconds)}`;
}

/** `4m of 1h, 3d ago`: how long bringing it back took the last time, and when that was. Undefined: it never was. */
export function provenText(rto: WireApplication['status']['rto'], now: Date): string | undefined {
  const ago = since(rto.provenAt, now);
  if (ago === undefined) return undefined;
  const took = age(rto.measuredSeconds);
  const measured = took === undefined ? 'done' : rto.objectiveSeconds === undefined ? took : `${took} of ${duration(rto.objectiveSeconds)}`;
  return `${measured}, ${ago} ago`;
}

/** The sentence a person needs first. */
export function firstReason(reasons: Reasons, component = true): string | undefined {
  const [worst] = worstFirst(reasons);
  return worst && `${component && worst.component ? `${worst.component}: ` : ''}${worst.message}`;
}

/** Worst verdict first, then by name. */
export function worstApplicationsFirst(applications: readonly WireApplication[]): WireApplication[] {
  return applications.toSorted(
    (a, b) => verdicts.indexOf(a.status.verdict) - verdicts.indexOf(b.status.verdict) || (a.metadata.name < b.metadata.name ? -1 : 1),
  );
}

export function applicationColumns(now: Date): Column<WireApplication>[] {
  return [
    { header: 'application', value: (app) => app.metadata.name },
    { header: 'verdict', value: (app) => app.status.verdict, style: (app) => verdictStyle[app.status.verdict] },
    { header: 'data age', value: (app) => ageOfRpo(app.status.rpo) },
    { header: 'next run', value: (app) => until(app.status.nextRun, now) },
    { header: 'rto', wide: true, value: (app) => provenText(app.status.rto, now) },
    { header: 'components', wide: true, value: (app) => String(app.spec.components.length) },
    { header: 'owner', spare: true, value: (app) => app.spec.owner },
    { header: 'policy', wide: true, value: (app) => app.spec.policy },
    { header: 'point', wide: true, value: (app) => app.status.recoveryPoint?.name },
    { header: 'reason', value: (app) => firstReason(app.status.reasons) },
  ];
}

/** Below this many columns a reason does not fit beside the figures, and stands below the table instead. */
const roomForReasons = 120;

/** Is it safe, how old is it, what now: a table, the sum in one line, and a next step for each that needs one. */
export function statusScreen(applications: readonly WireApplication[], clusters: number, now: Date, look: Look): string {
  const sorted = worstApplicationsFirst(applications);
  const narrow = look.width !== undefined && look.width < roomForReasons;
  const columns = applicationColumns(now).filter(({ header }) => !narrow || header !== 'reason');
  const counts = verdicts
    .map((verdict) => ({ verdict, count: sorted.filter((app) => app.status.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`);
  return [
    table(sorted, columns, { look }),
    '\n',
    ...wrap(`${counted(sorted.length, 'application')} on ${counted(clusters, 'cluster')}: ${counts.join(', ')}`, look.width, '  ').map(
      (line) => `${line}\n`,
    ),
    ...nextSteps(sorted, narrow ? 3 : 5, narrow, look).map((line) => `${line}\n`),
  ].join('');
}

/** The worst `most` of those that something can be done about; with `why` the reason before the step. */
function nextSteps(sorted: readonly WireApplication[], most: number, why: boolean, look: Look): string[] {
  const steps = sorted.flatMap((app) => {
    const reason = worstFirst(app.status.reasons).find(({ severity, fix }) => fix !== undefined && severity !== 'info');
    return reason ? [{ name: clean(app.metadata.name), why: clean(firstReason([reason])!), fix: nextStep(reason.fix!) }] : [];
  });
  if (steps.length === 0) return [];
  const shown = steps.slice(0, most);
  const width = Math.max(...shown.map(({ name }) => textWidth(name))) + 3;
  const hang = ' '.repeat(2 + width);
  const room = look.width === undefined ? undefined : look.width - hang.length;
  const lines = shown.flatMap(({ name, why: reason, fix }) => {
    const [first, ...rest] = [...(why ? wrap(reason, room, '') : []), ...wrapStep(`${why ? 'next: ' : ''}${fix}`, room, '  ')];
    return [`  ${padEnd(name, width)}${first}`, ...rest.map((line) => `${hang}${line}`)];
  });
  const more = steps.length - shown.length;
  const rest = `${more > 0 ? `and ${more} more; ` : ''}all about one: kubectl dr status ${shown[0]!.name}`;
  return ['', 'Next:', ...lines, `  ${rest}`];
}
