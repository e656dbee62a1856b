import type { WireApplication, WireComponentStatus } from '@kubectl-dr/core/wire/application';
import { age, bytes, until } from '../view.ts';
import { reasonLines } from './reasons.ts';
import type { Column } from './table.ts';
import { clean, paint, verdictStyle } from './terminal.ts';

type Rpo = WireApplication['status']['rpo'];

/** `4m of 15m`, `4m` without an objective. */
export function ageOfRpo(rpo: Rpo): string | undefined {
  const actual = age(rpo.actualSeconds);
  if (actual === undefined) return rpo.objectiveSeconds === undefined ? undefined : `- of ${age(rpo.objectiveSeconds)}`;
  return rpo.objectiveSeconds === undefined ? actual : `${actual} of ${age(rpo.objectiveSeconds)}`;
}

/** The reason a person needs first. */
export function firstReason(reasons: WireApplication['status']['reasons']): string | undefined {
  const order = { blocker: 0, critical: 1, warning: 2, info: 3 };
  const [worst] = reasons.toSorted((a, b) => order[a.severity] - order[b.severity]);
  return worst ? `${worst.component ? `${worst.component}: ` : ''}${worst.message}` : undefined;
}

export function applicationColumns(now: Date): Column<WireApplication>[] {
  return [
    { header: 'application', value: (app) => app.metadata.name },
    { header: 'verdict', value: (app) => app.status.verdict, style: (app) => verdictStyle[app.status.verdict] },
    { header: 'data age', value: (app) => ageOfRpo(app.status.rpo) },
    { header: 'next run', value: (app) => until(app.status.nextRun, now) },
    { header: 'components', value: (app) => String(app.spec.components.length) },
    { header: 'owner', value: (app) => app.spec.owner },
    { header: 'policy', wide: true, value: (app) => app.spec.policy },
    { header: 'point', wide: true, value: (app) => app.status.recoveryPoint?.name },
    { header: 'reason', value: (app) => firstReason(app.status.reasons) },
  ];
}

/** One application as a tree: component, where it runs, its volumes, its newest usable point, its reasons. */
export function applicationTree(app: WireApplication, options: { color: boolean; unicode: boolean; now: Date }): string {
  const [branch, last, bar] = options.unicode ? ['├─ ', '└─ ', '│  '] : ['|- ', '`- ', '|  '];
  const verdict = (name: string): string => paint(options.color, verdictStyle[name], name);
  const head = [
    `${clean(app.spec.title ?? app.metadata.name)}  ${verdict(app.status.verdict)}`,
    [
      app.spec.owner ? `owner ${clean(app.spec.owner)}` : 'no owner',
      app.spec.policy ? `policy ${clean(app.spec.policy)}` : 'no policy',
      ageOfRpo(app.status.rpo) ? `data age ${ageOfRpo(app.status.rpo)}` : undefined,
      until(app.status.nextRun, options.now) ? `next run ${until(app.status.nextRun, options.now)}` : undefined,
    ]
      .filter((part) => part !== undefined)
      .join(', '),
  ];
  const lines = [...head];
  const own = app.status.reasons.filter((reason) => reason.component === undefined);
  lines.push(...reasonLines(own, '', options.color));
  for (const [index, component] of app.status.components.entries()) {
    const isLast = index === app.status.components.length - 1;
    const spec = app.spec.components.find((candidate) => candidate.name === component.name);
    lines.push(`${isLast ? last : branch}${clean(component.name)}  ${verdict(component.verdict)}${componentFacts(component)}`);
    const indent = isLast ? '   ' : bar;
    const places = (spec?.placements ?? []).map(
      (place) => `${place.cluster ?? '*'}/${place.namespace}${place.claim === 'unclaimed' ? ' (unclaimed)' : ''}`,
    );
    if (places.length > 0)
      lines.push(
        `${indent}   at ${clean(places.join(', '))}${spec!.dependsOn.length > 0 ? `, needs ${clean(spec!.dependsOn.join(', '))}` : ''}`,
      );
    for (const volume of component.volumes) {
      const detail = [volume.state, volume.method, bytes(volume.bytes), volume.message].filter((part) => part !== undefined).join(', ');
      lines.push(`${indent}   volume ${clean(volume.claim)}: ${clean(detail)}`);
    }
    for (const workload of component.workloads.filter((candidate) => !candidate.ready)) {
      lines.push(
        `${indent}   ${clean(workload.kind)} ${clean(workload.name)} is not ready${workload.message ? `: ${clean(workload.message)}` : ''}`,
      );
    }
    lines.push(...reasonLines(component.reasons, `${indent}   `, options.color));
  }
  return `${lines.join('\n')}\n`;
}

function componentFacts(component: WireComponentStatus): string {
  const facts = [ageOfRpo(component.rpo), component.recoveryPoint?.name, component.policy].filter((fact) => fact !== undefined);
  return facts.length > 0 ? `  ${clean(facts.join('  '))}` : '';
}
