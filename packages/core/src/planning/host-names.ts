import type { KubeObject } from '../ports/kubernetes.ts';
import type { Reason } from '../reason.ts';

/**
 * Of Knative: one is called like the host that it answers for, which one namespace of a cluster claims. No rewrite gives it another host:
 * that would be another object.
 */
export function isCalledLikeItsHost({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return kind === 'DomainMapping' && apiVersion.startsWith('serving.knative.dev/');
}

/** The same, as engines are asked to leave them out. */
export const calledLikeTheirHosts = 'domainmappings.serving.knative.dev';

/** Why a copy goes without it. */
export const answersForTheOriginal = "it is called like the host that it answers for, which is the original's";

/** What a copy goes without: that is meant, and nothing answers for these hosts there. */
export function hostsLeftOut(objects: readonly KubeObject[], cluster: string): Reason[] {
  const left = objects.filter(isCalledLikeItsHost);
  if (left.length === 0) return [];
  return [
    {
      code: 'HOST_IS_NAME',
      severity: 'info',
      cluster,
      message: `the copy goes without ${namesOf(left)}: ${left.length === 1 ? answersForTheOriginal : "they are called like the hosts that they answer for, which are the original's"}`,
      evidence: evidenceOf(left),
      fix: 'to reach the copy by a host of its own, create a DomainMapping that is called like it',
    },
  ];
}

/** What moves and would be called otherwise there, by `rename`: undefined for a host that stays. */
export function hostsKept(objects: readonly KubeObject[], rename: (host: string) => string | undefined, cluster: string): Reason[] {
  const kept = objects.flatMap((object) => {
    const { name } = object.metadata;
    const to = isCalledLikeItsHost(object) ? rename(name) : undefined;
    return to === undefined || to === name ? [] : [{ object, to }];
  });
  if (kept.length === 0) return [];
  return [
    {
      code: 'HOST_IS_NAME',
      severity: 'warning',
      cluster,
      message: `${namesOf(kept.map(({ object }) => object))} ${kept.length === 1 ? 'keeps its host, for that is its name' : 'keep their hosts, for these are their names'}: nothing answers for ${kept.map(({ to }) => to).join(', ')} on ${cluster}`,
      evidence: evidenceOf(kept.map(({ object }) => object)),
      fix: `create on ${cluster}, when it runs there: ${kept.map(({ to }) => `DomainMapping ${to}`).join(', ')}`,
    },
  ];
}

function namesOf(objects: readonly KubeObject[]): string {
  return objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ');
}

function evidenceOf(objects: readonly KubeObject[]): string[] {
  return objects.slice(0, 20).map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
}
