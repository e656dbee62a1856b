import type {
  ApplicationPage,
  Coverage,
  CoverageGap,
  OwnerCounts,
  PortalApplication,
  VerdictCounts,
} from '@kubectl-dr/backstage-plugin-dr-common';
import { noOwner } from '@kubectl-dr/backstage-plugin-dr-common';
import { verdictOrder } from '../components/verdict/verdicts.ts';

const apiVersion = 'kubectl-dr.dev/v1alpha1';
type Applications = readonly PortalApplication[];

function inScope(applications: Applications, query: URLSearchParams): PortalApplication[] {
  const q = query.get('q')?.trim().toLowerCase();
  const owner = query.get('owner');
  return applications.filter(({ metadata, spec }) => {
    const texts = [metadata.name, spec.title, spec.owner];
    return (owner === null || (spec.owner ?? noOwner) === owner) && (!q || texts.some((text) => text?.toLowerCase().includes(q)));
  });
}

function ofVerdict(applications: Applications, query: URLSearchParams): PortalApplication[] {
  const wanted = query.getAll('verdict');
  return applications.filter(({ status }) => wanted.length === 0 || wanted.includes(status.verdict));
}

function countsOf(applications: Applications): VerdictCounts {
  const counts = Object.fromEntries(verdictOrder.map((verdict) => [verdict, 0])) as VerdictCounts;
  for (const { status } of applications) counts[status.verdict] += 1;
  return counts;
}

const keys: Record<string, (application: PortalApplication) => string> = {
  verdict: ({ status }) => String(verdictOrder.indexOf(status.verdict)),
  name: ({ spec, metadata }) => (spec.title ?? metadata.name).toLowerCase(),
  owner: ({ spec }) => spec.owner ?? '',
  age: ({ status }) => String(status.recoveryPoint?.ageSeconds ?? '~').padStart(12, '0'),
};

/** As the backend answers for an operator; its cursor is how many come before. */
export function pageOf(applications: Applications, query: URLSearchParams): ApplicationPage {
  const scope = inScope(applications, query);
  const key = keys[query.get('sort') ?? 'verdict']!;
  const text = (application: PortalApplication): string => `${key(application)} ${application.metadata.name}`;
  const sorted = ofVerdict(scope, query).sort((a, b) => (text(a) < text(b) ? -1 : 1));
  if (query.get('order') === 'descending') sorted.reverse();
  const start = Number(query.get('cursor') ?? 0);
  const end = start + Number(query.get('limit') ?? 200);
  return {
    apiVersion,
    kind: 'ApplicationList',
    metadata: {
      total: sorted.length,
      verdicts: countsOf(scope),
      staleSeconds: Math.max(0, ...scope.map(({ staleSeconds }) => staleSeconds)),
      ...(end < sorted.length && { nextCursor: String(end) }),
    },
    items: sorted.slice(start, end),
  };
}

export function ownersOf(applications: Applications): { items: OwnerCounts[] } {
  const owners = [...new Set(applications.map(({ spec }) => spec.owner))];
  return {
    items: owners.map((owner) => {
      const theirs = applications.filter(({ spec }) => spec.owner === owner);
      return { ...(owner !== undefined && { owner }), total: theirs.length, verdicts: countsOf(theirs) };
    }),
  };
}

export function coverageOf(applications: Applications, query: URLSearchParams): Coverage {
  const states = query.getAll('state');
  const wanted = ofVerdict(inScope(applications, query), query);
  const gaps = wanted.flatMap(({ metadata, spec, status }) =>
    status.components.flatMap(({ name, verdict, volumes }) =>
      volumes.flatMap(({ state, cluster, namespace, claim, message }): CoverageGap[] => {
        if (state === 'captured' || (states.length > 0 && !states.includes(state))) return [];
        const { title, entityRef } = spec;
        return [{ application: metadata.name, title, entityRef, component: name, cluster, namespace, claim, state, verdict, message }];
      }),
    ),
  );
  const volumes = { total: gaps.length, captured: 0 };
  return { apiVersion, kind: 'Coverage', volumes, total: gaps.length, gaps: gaps.slice(0, Number(query.get('limit') ?? 1000)) };
}
