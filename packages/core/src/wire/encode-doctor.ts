import { reasonCodes } from '../compliance/reason-codes.ts';
import { numbersOf } from '../doctor/checklist.ts';
import type { DoctorReport } from '../doctor/model.ts';
import { apiVersion } from './api-version.ts';
import type { WireDoctorReport } from './doctor.ts';

export function doctorReportToWire({ application, at, findings, checks, unseen }: DoctorReport): WireDoctorReport {
  const counts = { blocker: 0, critical: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return {
    apiVersion,
    kind: 'DoctorReport',
    metadata: { name: application ?? 'fleet' },
    spec: { ...(application !== undefined && { application }) },
    status: {
      at,
      counts,
      findings: findings.map((finding) => ({
        ...finding,
        why: reasonCodes[finding.code].why,
        checks: numbersOf(finding.code),
      })),
      checks,
      unseen,
    },
  };
}
