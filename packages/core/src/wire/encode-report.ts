import type { DoctorReport } from '../doctor/model.ts';
import type { Operation } from '../execution/model.ts';
import { terminalStates } from '../execution/states.ts';
import type { Fleet } from '../service/model.ts';
import { apiVersion } from './api-version.ts';
import { applicationToWire, clusterToWire, operationToWire } from './encode.ts';
import { drillToWire } from './encode-drill.ts';
import { doctorReportToWire } from './encode-doctor.ts';
import type { WireReport } from './report.ts';

const day = 86_400_000;

export async function reportToWire(
  fleet: Fleet,
  doctor: DoctorReport,
  operations: readonly Operation[],
  days: number,
): Promise<WireReport> {
  const { application, at } = doctor;
  const since = Date.parse(at) - days * day;
  const shown = new Set(fleet.applications.map((status) => status.application.name));
  const ended = operations.filter(({ plan, state }) => shown.has(plan.application) && terminalStates.includes(state));
  return {
    apiVersion,
    kind: 'Report',
    metadata: { name: application ?? 'fleet' },
    spec: { ...(application !== undefined && { application }), days },
    status: {
      at,
      clusters: fleet.clusters.map(clusterToWire),
      applications: fleet.applications.map(applicationToWire),
      doctor: doctorReportToWire(doctor).status,
      timelines: fleet.applications.flatMap((status) =>
        status.components.map(({ component, points }) => ({
          application: status.application.name,
          component: component.name,
          points: points.flatMap(({ point, usable }) =>
            point.capturedAt !== undefined && !point.safety && Date.parse(point.capturedAt) >= since
              ? [{ name: point.name, cluster: point.cluster, time: point.capturedAt, usable }]
              : [],
          ),
        })),
      ),
      restores: ended.filter(({ plan }) => plan.intent !== 'Backup' && plan.intent !== 'Drill').map(operationToWire),
      drills: await Promise.all(ended.filter(({ plan }) => plan.intent === 'Drill').map(drillToWire)),
    },
  };
}
