import type { Operation } from '@kubectl-dr/core/execution/model';
import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import { age } from '../view.ts';
import { planText } from './plan.ts';
import { reasonLines } from './reasons.ts';
import { clean, paint, stateStyle } from './terminal.ts';

export function describePoint(point: WireRecoveryPoint, color: boolean): string {
  const { spec, status } = point;
  const lines = [
    `Name:        ${clean(point.metadata.name)}`,
    `Id:          ${clean(spec.id)}`,
    `Engine:      ${clean(spec.engine)}`,
    `Status:      ${clean(status.nativePhase || '<none>')} (${status.phase})`,
    `Captured:    ${clean(status.capturedAt ?? '<unknown>')}${status.ageSeconds === undefined ? '' : `, ${age(status.ageSeconds)} old`}`,
    `Expires:     ${clean(status.expiresAt ?? '<unknown>')}`,
    `Location:    ${clean(spec.location ?? '<unknown>')}`,
    `Schedule:    ${clean(spec.schedule ?? '<none>')}`,
    `Namespaces:  ${spec.scope.namespaces === '*' ? '*' : clean(spec.scope.namespaces.join(', '))}`,
  ];
  if (status.message) lines.push(`Message:     ${clean(status.message)}`);
  lines.push('', 'Brings back:');
  for (const use of status.use ?? []) {
    lines.push(`  ${clean(use.component)}: ${use.usable}`, ...reasonLines(use.reasons, '    ', color));
  }
  if ((status.use ?? []).length === 0) lines.push('  no known component');
  return `${lines.join('\n')}\n`;
}

export function describeOperation(operation: Operation, color: boolean): string {
  const lines = [
    `Operation:   ${clean(operation.id)}`,
    `State:       ${paint(color, stateStyle[operation.state], operation.state)}`,
    `Requested:   ${clean(operation.requestedAt)} by ${clean(operation.requestedBy)}${operation.reason ? `: ${clean(operation.reason)}` : ''}`,
  ];
  if (operation.startedAt) lines.push(`Started:     ${clean(operation.startedAt)}`);
  if (operation.endedAt) lines.push(`Ended:       ${clean(operation.endedAt)}`);
  if (operation.holder) lines.push(`Held by:     ${clean(operation.holder)}`);
  if (operation.message) lines.push(`Message:     ${clean(operation.message, 1000)}`);
  if (operation.measured?.rtoSeconds !== undefined)
    lines.push(`Took:        ${age(operation.measured.rtoSeconds)} from request to healthy`);
  lines.push('', 'Steps:');
  for (const step of operation.steps) {
    const took = step.startedAt && step.endedAt ? ` ${age((Date.parse(step.endedAt) - Date.parse(step.startedAt)) / 1000)}` : '';
    lines.push(
      `  ${paint(color, stateStyle[step.state], step.state.padEnd(9))} ${clean(step.id)}${took}${step.message ? `  ${clean(step.message, 400)}` : ''}`,
    );
  }
  return `${lines.join('\n')}\n\n${planText(operation.plan, color)}`;
}
