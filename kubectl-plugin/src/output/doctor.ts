import { counted } from '@kubectl-dr/core/text/counted';
import type { WireDoctorReport, WireFinding } from '@kubectl-dr/core/wire/doctor';
import { wrap, wrapStep } from './text-width.ts';
import type { Look, Style } from './terminal.ts';
import { clean, nextStep, paint } from './terminal.ts';

const titles: Record<WireFinding['severity'], [title: string, style: Style]> = {
  blocker: ['A restore would stop here', 'red'],
  critical: ['Critical', 'red'],
  warning: ['Warnings', 'yellow'],
  info: ['Worth knowing', 'grey'],
};

/** So many findings of one kind are told each; the others are counted. */
const told = 3;

/** Findings by severity, each kind once with why it matters; then what could not be looked at, and the sum. */
export function doctorText(report: WireDoctorReport, { look, all }: { look: Look; all: boolean }): string {
  const { findings, checks, unseen } = report.status;
  const lines = [
    ...(Object.keys(titles) as WireFinding['severity'][]).flatMap((severity) =>
      group(
        severity,
        findings.filter((finding) => finding.severity === severity),
        report.spec.application === undefined,
        look,
      ),
    ),
    ...unseenLines(unseen, look),
    ...(all ? clearLines(checks) : []),
    summary(report),
  ];
  return `${lines.join('\n')}\n`;
}

function group(severity: WireFinding['severity'], findings: readonly WireFinding[], fleet: boolean, look: Look): string[] {
  if (findings.length === 0) return [];
  const [title, style] = titles[severity];
  const byCode = new Map<string, WireFinding[]>();
  for (const finding of findings) byCode.set(finding.code, [...(byCode.get(finding.code) ?? []), finding]);
  return [
    paint(look.color, style, `${title} (${findings.length})`),
    ...[...byCode].flatMap(([code, same]) => [...kind(code, same, fleet, look), '']),
  ];
}

function kind(code: string, findings: readonly WireFinding[], fleet: boolean, look: Look): string[] {
  const { checks, why } = findings[0]!;
  const block = (text: string, hang: string): string[] => wrap(text, look.width, hang);
  const numbers = checks.length > 0 ? `  ${checks.join(' ')}` : '';
  const more = findings.length - told;
  return [
    `  ${paint(look.color, 'bold', clean(code))}${paint(look.color, 'grey', numbers)}`,
    ...block(`    why:  ${clean(why)}`, '          '),
    ...findings.slice(0, told).flatMap((finding) => one(finding, fleet, look)),
    ...(more > 0 ? [`    and ${more} more: kubectl dr doctor -o json`] : []),
  ];
}

function one({ application, component, message, evidence = [], fix }: WireFinding, fleet: boolean, look: Look): string[] {
  const who = fleet ? [application, component].filter(Boolean).join('/') : message.includes(component ?? '') ? '' : component;
  const block = (text: string): string[] => wrap(text, look.width, '          ');
  return [
    ...block(`    ${paint(look.color, 'bold', who ? `${clean(who)}: ` : '')}${clean(message, 600)}`),
    ...(evidence.length > 0
      ? block(
          `    seen: ${evidence
            .slice(0, 4)
            .map((text) => clean(text))
            .join('; ')}`,
        )
      : []),
    ...(fix ? wrapStep(`    fix:  ${nextStep(fix)}`, look.width, '          ') : []),
  ];
}

function unseenLines(unseen: WireDoctorReport['status']['unseen'], look: Look): string[] {
  if (unseen.length === 0) return [];
  return [
    paint(look.color, 'yellow', `Not looked at (${unseen.length})`),
    ...unseen.flatMap(({ message, fix, role }) => [
      ...wrap(`  ${clean(message, 600)}`, look.width, '    '),
      ...(fix ? wrapStep(`    fix:  ${nextStep(fix)}`, look.width, '          ') : []),
      ...(role
        ? role
            .trimEnd()
            .split('\n')
            .map((line) => `      ${nextStep(line)}`)
        : []),
    ]),
    '',
  ];
}

function clearLines(checks: WireDoctorReport['status']['checks']): string[] {
  const clear = checks.filter(({ result }) => result === 'clear');
  const hidden = checks.filter(({ result }) => result === 'unseen');
  return [
    `Nothing found (${clear.length})`,
    ...clear.map(({ number, title }) => `  ${number.padEnd(6)} ${title}`),
    '',
    ...(hidden.length > 0
      ? [`Not answered (${hidden.length})`, ...hidden.map(({ number, title }) => `  ${number.padEnd(6)} ${title}`), '']
      : []),
  ];
}

function summary({ spec, status: { counts, checks } }: WireDoctorReport): string {
  const [found, clear, unseen] = (['found', 'clear', 'unseen'] as const).map(
    (result) => checks.filter((check) => check.result === result).length,
  );
  const worst = [
    counts.blocker > 0 ? counted(counts.blocker, 'obstacle') : undefined,
    counts.critical > 0 ? `${counts.critical} critical` : undefined,
    counts.warning > 0 ? counted(counts.warning, 'warning') : undefined,
    counts.info > 0 ? counted(counts.info, 'note') : undefined,
  ].filter((part) => part !== undefined);
  const tail =
    unseen! > 0 ? `, ${unseen} not answered${spec.application === undefined ? ' (some need a plan: kubectl dr doctor APP)' : ''}` : '';
  return `${worst.length > 0 ? worst.join(', ') : 'Nothing to mend'}; of ${checks.length} checks ${clear} found nothing, ${found} something${tail}`;
}
