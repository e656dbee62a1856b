import type { KubeObject } from '../ports/kubernetes.ts';
import { annotations } from './model.ts';
import { type ConfigReference, claimsOf, imagesOf, referencesOf } from './pod-references.ts';
import { at, isRaw, listAt, numberAt, textAt, textsAt } from './raw.ts';
import { readinessOf } from './readiness.ts';
import type { Labels } from './selector.ts';

/** Something that runs pods, reduced to what protection needs to know of it. */
export interface Workload {
  /** `Deployment`, `StatefulSet` ...; for pods of an operator the kind of the operator's object; `Pod` for bare pods. */
  kind: string;
  apiVersion: string;
  namespace: string;
  name: string;
  labels: Labels;
  annotations: Labels;
  podLabels: Labels;
  podAnnotations: Labels;
  images: string[];
  /** Names of claims that its pods use, or would use; they need not exist. */
  claims: string[];
  references: ConfigReference[];
  ready: boolean;
  message?: string;
  /** It wants no pods: scaled to 0, or suspended. */
  stopped?: true;
  createdAt?: string;
  /** A Job that ran to its end: nothing of it has to come back. */
  finished: boolean;
  /** It stands stopped since its application was moved to another cluster. */
  leftBehind?: true;
}

/** `Deployment/web`: how a Placement names it. */
export function workloadKey(workload: Pick<Workload, 'kind' | 'name'>): string {
  return `${workload.kind}/${workload.name}`;
}

/** What the pods of a workload look like, unread; undefined where it makes none. */
export function podSpecOf(object: KubeObject): unknown {
  return at(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec') ?? at(object, 'spec', 'template', 'spec');
}

/** A Deployment, StatefulSet, DaemonSet, CronJob or Job. `claimNames` are the claims of its namespace. */
export function readWorkload(object: KubeObject, pods: () => readonly KubeObject[], claimNames: readonly string[]): Workload {
  const template = object.kind === 'CronJob' ? at(object, 'spec', 'jobTemplate', 'spec', 'template') : at(object, 'spec', 'template');
  const spec = at(template, 'spec');
  return {
    ...identity(object),
    podLabels: textsAt(template, 'metadata', 'labels'),
    podAnnotations: textsAt(template, 'metadata', 'annotations'),
    images: imagesOf(spec),
    claims: [...new Set([...claimsOf(spec), ...(object.kind === 'StatefulSet' ? templatedClaims(object, claimNames) : [])])].sort(),
    references: referencesOf(spec),
    ...readinessOf(object, pods),
    finished:
      object.kind === 'Job' && listAt(object, 'status', 'conditions').some(({ type, status }) => type === 'Complete' && status === 'True'),
    ...(isLeftBehind(object) && { leftBehind: true as const }),
  };
}

/** A move notes how many there were when it stops them, and takes the note away when it starts them. */
function isLeftBehind(object: KubeObject): boolean {
  const noted = object.metadata.annotations ?? {};
  return object.kind === 'CronJob'
    ? at(object, 'spec', 'suspend') === true && noted[annotations.suspended] !== undefined
    : numberAt(object, 'spec', 'replicas') === 0 && noted[annotations.replicas] !== undefined;
}

/** Pods that no built-in workload stands for: bare ones, and those that an operator runs itself. */
export function workloadOfPods(
  owner: { kind: string; apiVersion: string; name: string } | undefined,
  pods: readonly [KubeObject, ...KubeObject[]],
): Workload {
  const [first] = pods;
  const specs = pods.map((pod) => at(pod, 'spec'));
  return {
    ...identity(first),
    ...(owner && { kind: owner.kind, apiVersion: owner.apiVersion, name: owner.name }),
    podLabels: textsAt(first, 'metadata', 'labels'),
    podAnnotations: textsAt(first, 'metadata', 'annotations'),
    images: [...new Set(specs.flatMap(imagesOf))],
    claims: [...new Set(specs.flatMap(claimsOf))].sort(),
    references: referencesOf(specs[0]),
    ...readinessOf({ ...first, kind: 'Pod' }, () => pods),
    finished: false,
  };
}

function identity(object: KubeObject) {
  const createdAt = textAt(object, 'metadata', 'creationTimestamp');
  return {
    kind: object.kind,
    apiVersion: object.apiVersion,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    labels: textsAt(object, 'metadata', 'labels'),
    annotations: textsAt(object, 'metadata', 'annotations'),
    ...(createdAt !== undefined && { createdAt }),
  };
}

/**
 * `<template>-<set>-<ordinal>`: those that the replicas use, and those of a higher ordinal that exist: scaling down
 * keeps claims, and their data is still the component's.
 */
function templatedClaims(object: KubeObject, claimNames: readonly string[]): string[] {
  const start = Math.max(0, Math.trunc(numberAt(object, 'spec', 'ordinals', 'start') ?? 0));
  // A number of replicas that nobody can mean must not fill the memory.
  const replicas = Math.min(1000, Math.max(0, Math.trunc(numberAt(object, 'spec', 'replicas') ?? 1)));
  const found: string[] = [];
  for (const template of listAt(object, 'spec', 'volumeClaimTemplates')) {
    const name = isRaw(template) ? textAt(template, 'metadata', 'name') : undefined;
    if (name === undefined) continue;
    const prefix = `${name}-${object.metadata.name}-`;
    for (let i = 0; i < replicas; i++) found.push(`${prefix}${start + i}`);
    found.push(...claimNames.filter((claim) => claim.startsWith(prefix) && /^\d+$/.test(claim.slice(prefix.length))));
  }
  return found;
}
