import type { WireApplication, WireComponentStatus } from '@kubectl-dr/core/wire/application';
import { bytes, until } from '../view.ts';
import { reasonLines } from './reasons.ts';
import { ageOfRpo } from './status.ts';
import { padEnd, textWidth, wrap } from './text-width.ts';
import type { Look } from './terminal.ts';
import { clean, paint, verdictStyle } from './terminal.ts';

type Spec = WireApplication['spec']['components'][number];

/** One application as a tree: component, where it runs, its volumes, its newest usable point, its reasons. */
export function applicationTree(app: WireApplication, options: { look: Look; now: Date; evidence?: boolean }): string {
  const { look, now, evidence = false } = options;
  const [branch, last, bar] = look.unicode ? ['├─ ', '└─ ', '│  '] : ['|- ', '`- ', '|  '];
  const { spec, status } = app;
  const title = spec.title && spec.title !== app.metadata.name ? ` (${clean(spec.title)})` : '';
  const lines = [
    `${paint(look.color, 'bold', clean(app.metadata.name))}${title}  ${paint(look.color, verdictStyle[status.verdict], status.verdict)}`,
    ...wrap(headline(app, now), look.width, ''),
    ...reasonLines(
      status.reasons.filter((reason) => reason.component === undefined),
      { indent: '', look, evidence },
    ),
    '',
  ];
  const specs = new Map(spec.components.map((component) => [component.name, component]));
  const rows = status.components.map((component) => cells(component, specs.get(component.name)));
  const widths = rows[0]?.map((_, index) => Math.max(...rows.map((row) => textWidth(row[index]!)))) ?? [];
  for (const [index, component] of status.components.entries()) {
    const isLast = index === status.components.length - 1;
    const padded = rows[index]!.map((cell, column) => padEnd(cell, widths[column]!));
    padded[1] = paint(look.color, verdictStyle[component.verdict], padded[1]!);
    lines.push(`${isLast ? last : branch}${padded.join('  ').trimEnd()}`);
    const indent = isLast ? '     ' : `${bar}  `;
    lines.push(...facts(component, specs.get(component.name)).map((fact) => `${indent}${fact}`));
    lines.push(...reasonLines(component.reasons, { indent, look, evidence }));
  }
  return `${lines.join('\n')}\n`;
}

function headline(app: WireApplication, now: Date): string {
  const { spec, status } = app;
  const next = until(status.nextRun, now);
  return [
    ageOfRpo(status.rpo) && `data age ${ageOfRpo(status.rpo)}`,
    next ? `next run ${next}` : 'no next run',
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

function facts(component: WireComponentStatus, spec: Spec | undefined): string[] {
  const needs = spec && spec.dependsOn.length > 0 ? [`needs ${clean(spec.dependsOn.join(', '))}`] : [];
  const volumes = component.volumes.map((volume) => {
    const detail = [volume.state, volume.method, bytes(volume.bytes), volume.message].filter((part) => part !== undefined).join(', ');
    return `volume ${clean(volume.claim)}: ${clean(detail)}`;
  });
  const broken = component.workloads
    .filter((workload) => !workload.ready)
    .map(({ kind, name, message }) => `${clean(kind)} ${clean(name)} is not ready${message ? `: ${clean(message)}` : ''}`);
  return [...needs, ...volumes, ...broken];
}
