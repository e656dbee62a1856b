import type { MoveIntent } from '@kubectl-dr/core/planning/intent';
import type { WirePlan } from '@kubectl-dr/core/wire/plan';
import type { WireCluster } from '@kubectl-dr/core/wire/protection';
import type { PortalApplication } from '../../api/drApi.ts';
import { atTime, shortSeconds } from '../../text/time.ts';
import { unprovenText } from '../drill/proven.ts';
import type { Text } from '../../text/useText.ts';

export interface ReadinessItem {
  id: string;
  /** `unknown`: it cannot be judged, or nothing is wanted of it. */
  state: 'good' | 'bad' | 'unknown';
  text: string;
}

/** A copy that is further behind than this many of its intervals is in trouble. */
const late = 2;

/** Clusters where the application lives, as far as it says. */
export function homesOf({ spec }: PortalApplication): string[] {
  return [...new Set(spec.components.flatMap(({ placements }) => placements.flatMap(({ cluster }) => cluster ?? [])))].sort();
}

/** Where it could go on: first where its volumes are copied to, then where least of it runs. */
export function targetsOf(application: PortalApplication, clusters: readonly WireCluster[]): string[] {
  const homes = homesOf(application);
  const { spec, status } = application;
  const arriving = (name: string) =>
    status.components.flatMap(({ replications }) => replications).filter(({ spec: { to } }) => to === name).length;
  const living = (name: string) => spec.components.filter(({ placements }) => placements.some(({ cluster }) => cluster === name)).length;
  return clusters
    .map(({ metadata }) => metadata.name)
    .filter((name) => homes.length !== 1 || name !== homes[0])
    .sort((a, b) => arriving(b) - arriving(a) || living(a) - living(b) || a.localeCompare(b));
}

/** Without a loss where it still answers: only who cannot be asked is left behind. */
export function usualIntent(application: PortalApplication, clusters: readonly WireCluster[], to: string | undefined): MoveIntent {
  const silent = (name: string) => !clusters.find(({ metadata }) => metadata.name === name)?.status.reachable;
  return homesOf(application).some((name) => name !== to && silent(name)) ? 'Failover' : 'Relocate';
}

/** What a person looks at before an application goes to another cluster. `planned`: as it would go, once that is known. */
export function readinessOf(
  application: PortalApplication,
  clusters: readonly WireCluster[],
  to: string,
  t: Text,
  planned?: Pick<WirePlan['spec'], 'mapping' | 'copies'>,
): ReadinessItem[] {
  return [
    ...homesOf(application)
      .filter((name) => name !== to)
      .map((name) => answering('source', name, clusters, t)),
    answering('target', to, clusters, t),
    engines(to, clusters, t),
    copies(application, clusters, to, t, planned),
    configuration(application, t),
    proof(application, t),
  ];
}

function answering(role: 'source' | 'target', name: string, clusters: readonly WireCluster[], t: Text): ReadinessItem {
  const found = clusters.find(({ metadata }) => metadata.name === name);
  if (!found?.status.reachable)
    return { id: `${role} ${name}`, state: 'bad', text: t(`move.${role}Silent`, { cluster: name, why: found?.status.message ?? '' }) };
  return { id: `${role} ${name}`, state: 'good', text: t(`move.${role}Answers`, { cluster: name }) };
}

function engines(to: string, clusters: readonly WireCluster[], t: Text): ReadinessItem {
  const status = clusters.find(({ metadata }) => metadata.name === to)?.status;
  const installed = (status?.engines ?? []).filter(({ installed: is }) => is).map(({ engine }) => engine);
  if (installed.length > 0)
    return { id: 'engines', state: 'good', text: t('move.engines', { engines: installed.join(', '), cluster: to }) };
  return { id: 'engines', state: status?.reachable ? 'bad' : 'unknown', text: t('move.noEngines', { cluster: to }) };
}

function copies(
  application: PortalApplication,
  clusters: readonly WireCluster[],
  to: string,
  t: Text,
  planned?: Pick<WirePlan['spec'], 'mapping' | 'copies'>,
): ReadinessItem {
  const { status } = application;
  // Into a namespace of another name goes only what is copied into that one.
  const renamed = planned?.mapping?.namespaces !== undefined;
  const isTaken = (claim: string): boolean => !renamed || (planned.copies ?? []).some((copy) => copy.claim === claim);
  const volumes = status.components.flatMap((component) => component.volumes).filter(({ cluster }) => cluster !== to);
  const arriving = status.components
    .flatMap(({ replications }) => replications)
    .filter((copy) => copy.spec.to === to && isTaken(copy.spec.claim));
  // Of a cluster that does not answer nobody knows which volumes there are.
  if (volumes.length === 0 && usualIntent(application, clusters, to) === 'Relocate')
    return { id: 'copies', state: 'good', text: t('move.noVolumes') };
  if (arriving.length === 0) return { id: 'copies', state: 'unknown', text: t('move.noCopies', { cluster: to }) };
  const lags = arriving.flatMap((copy) => copy.status.lagSeconds ?? []);
  const behind = lags.length < arriving.length ? t('copies.unknown') : shortSeconds(Math.max(...lags));
  const bad = arriving.some(
    ({ spec: { intervalSeconds }, status: { phase, lagSeconds } }) =>
      phase === 'Failed' || (lagSeconds !== undefined && intervalSeconds !== undefined && lagSeconds > late * intervalSeconds),
  );
  const text = t('move.copies', { copied: String(arriving.length), all: String(volumes.length), cluster: to, behind });
  return { id: 'copies', state: bad || arriving.length < volumes.length ? 'bad' : 'good', text };
}

function configuration({ status }: PortalApplication, t: Text): ReadinessItem {
  const { recoveryPoint, rpo } = status;
  if (recoveryPoint?.ageSeconds === undefined) return { id: 'point', state: 'unknown', text: t('move.noPoint') };
  const tooOld = rpo.objectiveSeconds !== undefined && recoveryPoint.ageSeconds > rpo.objectiveSeconds;
  return { id: 'point', state: tooOld ? 'bad' : 'good', text: t('move.point', { age: shortSeconds(recoveryPoint.ageSeconds) }) };
}

function proof(application: PortalApplication, t: Text): ReadinessItem {
  const { provenAt, measuredSeconds, objectiveSeconds } = application.status.rto;
  if (provenAt === undefined) return { id: 'proof', state: 'bad', text: unprovenText(application, t) };
  const took = measuredSeconds === undefined ? [] : [t('drills.took', { time: shortSeconds(measuredSeconds) })];
  const slow = measuredSeconds !== undefined && objectiveSeconds !== undefined && measuredSeconds > objectiveSeconds;
  return { id: 'proof', state: slow ? 'bad' : 'good', text: [t('drills.proven', { when: atTime(provenAt) }), ...took].join(', ') };
}
