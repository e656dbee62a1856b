import type { WireDrill } from '@kubectl-dr/core/wire/drill';
import { age } from '../view.ts';
import { checksOf, clustersOf, heldAgainst, least } from './columns.ts';
import { fieldLines, section } from './fields.ts';
import type { Look } from './terminal.ts';
import { clean, paint, stateStyle } from './terminal.ts';

const met = { true: 'met', false: 'NOT met' } as const;

/** What a drill proved: figures against objectives first, then what was checked, how long each step took, and that nothing is left. */
export function drillLines(drill: WireDrill, look: Look): string[] {
  const { metadata, spec, status } = drill;
  const verdict = (measured: string | undefined, kept: boolean | undefined): string | undefined =>
    measured && (kept === undefined ? `${measured} (no objective)` : `${measured}: ${met[`${kept}`]}`);
  const rpo = heldAgainst(status.measured.lossSeconds, least(drill, 'rpoSeconds'));
  return [
    ...fieldLines(
      [
        ['Drill', metadata.name],
        ['Application', `${spec.application} (${spec.components.join(', ')})`],
        ['On', clustersOf(drill)],
        ['State', status.state],
        ['Requested', `${spec.requestedAt} by ${spec.requestedBy}${spec.reason ? `: ${spec.reason}` : ''}`],
        ['Healthy', status.healthyAt],
        ['Ended', status.endedAt],
        ['RTO', verdict(heldAgainst(status.measured.rtoSeconds, least(drill, 'rtoSeconds')), status.met.rto)],
        ['Loss', verdict(rpo, status.met.rpo)],
        ['Checks', checksOf(drill) ?? 'none declared: readiness alone tells that it works'],
        ['Clean-up', status.cleanUp.state],
        ['Message', status.message],
        ['Evidence', evidenceText(drill)],
      ],
      look,
    ),
    ...section(
      'Points',
      spec.points.map(
        ({ component, cluster, name, capturedAt }) => `  ${clean(component)}: ${clean(`${cluster}/${name}`)} of ${capturedAt}`,
      ),
    ),
    ...section(
      'Copies',
      (spec.copies ?? []).map(
        ({ component, claim, engine, from, to, name }) =>
          `  ${clean(component)}: ${clean(`${claim} of ${to}/${name} by ${engine}, copied from ${from}`)}`,
      ),
    ),
    ...section(
      'Not checked',
      status.unchecked.map((line) => `  ${clean(line, 400)}`),
    ),
    ...section('Steps', [...status.steps.map((step) => stepLine(step, look)), ...status.cleanUp.steps.map((step) => stepLine(step, look))]),
  ];
}

function evidenceText({ status: { evidence } }: WireDrill): string | undefined {
  if (!evidence) return undefined;
  return evidence.intact ? `sha256 ${evidence.hash}` : `CHANGED: it does not fit its hash ${evidence.hash} any more`;
}

function stepLine(
  step: {
    title: string;
    cluster: string;
    state: string;
    startedAt?: string | undefined;
    endedAt?: string | undefined;
    message?: string | undefined;
  },
  look: Look,
): string {
  const took = step.startedAt && step.endedAt ? age((Date.parse(step.endedAt) - Date.parse(step.startedAt)) / 1000) : undefined;
  const facts = [took, step.message].filter((fact) => fact !== undefined && fact !== '').map((fact) => clean(fact!, 400));
  const state = paint(look.color, stateStyle[step.state], step.state.padEnd(9));
  return `  ${state} ${clean(`[${step.cluster}] ${step.title}`)}${facts.length > 0 ? `: ${facts.join(', ')}` : ''}`;
}
