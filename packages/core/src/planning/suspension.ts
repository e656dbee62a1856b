import { at, isRaw, textAt } from '../application/raw.ts';
import type { KubeObject } from '../ports/kubernetes.ts';

/**
 * How controllers are told to leave things alone, by what their documentation says. A plan names a mechanism and an
 * object, never a patch: nobody can write anything else through it.
 */
const mechanisms = {
  'cron-job': { group: 'batch', kinds: ['CronJob'], path: ['spec', 'suspend'], value: true },
  'argo-cd': {
    group: 'argoproj.io',
    kinds: ['Application'],
    path: ['metadata', 'annotations', 'argocd.argoproj.io/skip-reconcile'],
    value: 'true',
  },
  'flux-kustomization': { group: 'kustomize.toolkit.fluxcd.io', kinds: ['Kustomization'], path: ['spec', 'suspend'], value: true },
  'flux-helm': { group: 'helm.toolkit.fluxcd.io', kinds: ['HelmRelease'], path: ['spec', 'suspend'], value: true },
  keda: {
    group: 'keda.sh',
    kinds: ['ScaledObject'],
    path: ['metadata', 'annotations', 'autoscaling.keda.sh/paused-replicas'],
    value: '0',
  },
  strimzi: {
    group: 'kafka.strimzi.io',
    kinds: ['Kafka', 'KafkaConnect', 'KafkaMirrorMaker2', 'KafkaBridge'],
    path: ['metadata', 'annotations', 'strimzi.io/pause-reconciliation'],
    value: 'true',
  },
  elastic: {
    group: 'elasticsearch.k8s.elastic.co',
    kinds: ['Elasticsearch'],
    path: ['metadata', 'annotations', 'eck.k8s.elastic.co/managed'],
    value: 'false',
  },
  rabbitmq: {
    group: 'rabbitmq.com',
    kinds: ['RabbitmqCluster'],
    path: ['metadata', 'labels', 'rabbitmq.com/pauseReconciliation'],
    value: 'true',
  },
} as const satisfies Record<string, Mechanism>;

interface Mechanism {
  group: string;
  kinds: readonly string[];
  path: readonly string[];
  value: string | boolean;
}

export type SuspendMechanism = keyof typeof mechanisms;
export const suspendMechanisms = Object.keys(mechanisms) as [SuspendMechanism, ...SuspendMechanism[]];

/** Mechanisms of controllers whose own object lies in another namespace than what it manages. */
export const gitOpsMechanisms: readonly SuspendMechanism[] = ['argo-cd', 'flux-kustomization', 'flux-helm'];

/** The mechanism for an object, when there is one. */
export function mechanismFor({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): SuspendMechanism | undefined {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return suspendMechanisms.find((name) => mechanisms[name].group === group && (mechanisms[name].kinds as readonly string[]).includes(kind));
}

/** What the field says now; undefined when it is not set. */
export function suspensionOf(mechanism: SuspendMechanism, object: KubeObject): string | boolean | undefined {
  const value = at(object, ...mechanisms[mechanism].path);
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}

/** Merge patch that suspends or, with a value to give back, resumes. */
export function suspensionPatch(mechanism: SuspendMechanism, giveBack?: { previous: string | boolean | undefined }): unknown {
  const { path, value } = mechanisms[mechanism];
  const wanted = giveBack ? (giveBack.previous ?? null) : value;
  return path.toReversed().reduce<unknown>((inner, name) => ({ [name]: inner }), wanted);
}

export function isSuspended(mechanism: SuspendMechanism, object: KubeObject): boolean {
  return suspensionOf(mechanism, object) === mechanisms[mechanism].value;
}

/** Namespaces that a GitOps object deploys into: it may be suspended only when one of them is the application's. */
export function deploysInto(mechanism: SuspendMechanism, object: KubeObject): string[] {
  const found = new Set<string>();
  const add = (name: string | undefined): void => void (name !== undefined && found.add(name));
  if (mechanism === 'argo-cd') add(textAt(object, 'spec', 'destination', 'namespace'));
  else add(textAt(object, 'spec', 'targetNamespace') ?? object.metadata.namespace);
  const resources = at(object, 'status', 'resources');
  if (mechanism === 'argo-cd' && Array.isArray(resources)) for (const item of resources) if (isRaw(item)) add(textAt(item, 'namespace'));
  return [...found];
}
