import type { ReasonCode } from '@kubectl-dr/core/compliance/reason-codes';
import { reasonCodes } from '@kubectl-dr/core/compliance/reason-codes';
import { formatDuration } from '@kubectl-dr/core/policy/duration';
import { verdicts } from '@kubectl-dr/core/service/model';
import { formatAge } from '@kubectl-dr/core/text/age';
import type { WireApplication, WireComponentStatus } from '@kubectl-dr/core/wire/application';
import type { WireReason } from '@kubectl-dr/core/wire/common';
import { bytes, until } from '../view.ts';
import { reasonLines } from './reasons.ts';
import { ageOfRpo, provenText } from './status.ts';
import { cut, padEnd, textWidth, wrap } from './text-width.ts';
import type { Look } from './terminal.ts';
import { clean, paint, verdictStyle } from './terminal.ts';

type Spec = WireApplication['spec']['components'][number];

/** A code that so many components share is told once, below them. */
const shared = 3;

/**
 * One application as a tree, the worst component first: verdict, age of its data, where it runs, its newest usable point,
 * volumes and reasons. `everything`: dependencies, what was seen, and every reason at its component.
 */
export function applicationTree(app: WireApplication, options: { look: Look; now: Date; everything?: boolean }): string {
  const { look, now, everything = false } = options;
  const [branch, last, bar] = look.unicode ? ['├─ ', '└─ ', '│  '] : ['|- ', '`- ', '|  '];
  const { spec, status } = app;
  const title = spec.title && spec.title !== app.metadata.name ? ` (${clean(spec.title)})` : '';
  const lines = [
    `${paint(look.color, 'bold', clean(app.metadata.name))}${title}  ${paint(look.color, verdictStyle[status.verdict], status.verdict)}`,
    ...wrap(headline(app, now), look.width, ''),
    ...reasonLines(
      status.reasons.filter((reason) => reason.component === undefined),
      { indent: '', look, evidence: everything },
    ),
    '',
  ];
  const specs = new Map(spec.components.map((component) => [component.name, component]));
  const components = status.components.toSorted((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict));
  const common = everything ? new Map<string, Common>() : commonReasons(components);
  const rows = components.map((component) => cells(component, specs.get(component.name)));
  const widths = rows[0]?.map((_, index) => Math.max(...rows.map((row) => textWidth(row[index]!)))) ?? [];
  for (const [index, component] of components.entries()) {
    const isLast = index === components.length - 1;
    const padded = rows[index]!.map((cell, column) => padEnd(cell, widths[column]!));
    const room = (look.width ?? Infinity) - 3;
    const line = cut(padded.join('  ').trimEnd(), room);
    lines.push(`${isLast ? last : branch}${line.replace(padded[1]!, paint(look.color, verdictStyle[component.verdict], padded[1]!))}`);
    const indent = isLast ? '     ' : `${bar}  `;
    const told = facts(component, specs.get(component.name), now, everything);
    const beside = look.width && look.width - textWidth(indent);
    lines.push(...told.flatMap((fact) => wrap(fact, beside, '  ')).map((line) => `${indent}${line}`));
    const own = component.reasons.filter(({ code }) => !common.has(code));
    lines.push(...reasonLines(own, { indent, look, evidence: everything }));
  }
  for (const { reason, names } of common.values()) {
    const whom = names.length === components.length ? 'all components' : names.join(', ');
    const told = {
      ...reason,
      message: `${reasonCodes[reason.code as ReasonCode]?.title ?? reason.message}: ${whom}`,
      ...(reason.fix && { fix: reason.fix.replace(` --component ${names[0]}`, '') }),
    };
    lines.push('', ...reasonLines([told], { indent: '', look }));
  }
  return `${lines.join('\n')}\n`;
}

interface Common {
  reason: WireReason;
  names: string[];
}

function commonReasons(components: readonly WireComponentStatus[]): Map<string, Common> {
  const byCode = new Map<string, Common>();
  for (const component of components) {
    for (const reason of component.reasons) {
      const entry = byCode.get(reason.code) ?? { reason, names: [] };
      if (!entry.names.includes(component.name)) entry.names.push(component.name);
      byCode.set(reason.code, entry);
    }
  }
  return new Map([...byCode].filter(([, { reason, names }]) => names.length >= shared && reason.severity !== 'critical'));
}

function headline(app: WireApplication, now: Date): string {
  const { spec, status } = app;
  const next = until(status.nextRun, now);
  const proven = provenText(status.rto, now);
  return [
    ageOfRpo(status.rpo) && `data age ${ageOfRpo(status.rpo)}`,
    next ? `next run ${next}` : 'no next run',
    proven ? `brought back in ${proven}` : undefined,
    spec.owner ? `owner ${clean(spec.owner)}` : 'no owner',
    spec.policy ? `policy ${clean(spec.policy)}` : undefined,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(', ');
}

/** Name, verdict, data age, places, newest usable point. */
function cells(component: WireComponentStatus, spec: Spec | undefined): string[] {
  const places = (spec?.placements ?? []).map(
    ({ cluster = '*', namespace, claim }) => `${cluster}/${namespace}${claim === 'unclaimed' ? ' (unclaimed)' : ''}`,
  );
  return [
    clean(component.name),
    component.verdict,
    ageOfRpo(component.rpo) ?? '-',
    clean(places.join(', ') || 'nowhere'),
    clean(component.recoveryPoint?.name ?? ''),
  ];
}

function facts(component: WireComponentStatus, spec: Spec | undefined, now: Date, everything: boolean): string[] {
  const proven = provenText(component.rto, now);
  const needs = everything && spec && spec.dependsOn.length > 0 ? [`needs ${clean(spec.dependsOn.join(', '))}`] : [];
  const volumes = component.volumes.map((volume) => {
    const detail = [volume.state, volume.method, bytes(volume.bytes), volume.message].filter((part) => part !== undefined).join(', ');
    return `volume ${clean(volume.claim)}: ${clean(detail)}`;
  });
  const copies = component.replications.map(({ spec: { claim, to, intervalSeconds }, status: copy }) => {
    const detail = [
      copy.phase,
      copy.lagSeconds !== undefined && `${formatAge(copy.lagSeconds * 1000)} behind`,
      intervalSeconds !== undefined && `every ${formatDuration(intervalSeconds * 1000)}`,
      copy.wouldLoseSeconds !== undefined && `a failover now would lose ${formatAge(copy.wouldLoseSeconds * 1000)}`,
      copy.message,
    ].filter((part) => part !== undefined && part !== false);
    return `copy of ${clean(claim)}${to === undefined ? '' : ` to ${clean(to)}`}: ${clean(detail.join(', '))}`;
  });
  const broken = component.workloads
    .filter((workload) => !workload.ready)
    .map(({ kind, name, message }) => `${clean(kind)} ${clean(name)} is not ready${message ? `: ${clean(message)}` : ''}`);
  return [...needs, ...volumes, ...copies, ...broken, ...(proven ? [`brought back in ${proven}`] : [])];
}
