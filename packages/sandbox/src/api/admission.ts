import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { at, isRecord, listAt, recordAt, textAt, withPath } from './json.ts';
import type { JsonRecord } from './json.ts';
import { forbidden } from './status.ts';
import type { Store } from './store.ts';

/** What the admission of an API server refuses, and what it writes into objects that are created. */
export function admit(store: Store, resource: string, object: KubeObject): KubeObject {
  if (resource === 'pods') return pod(store, object);
  if (resource === 'persistentvolumeclaims') return guarded(classified(store, object), 'kubernetes.io/pvc-protection');
  if (resource === 'persistentvolumes') return guarded(object, 'kubernetes.io/pv-protection');
  return object;
}

function guarded(object: KubeObject, finalizer: string): KubeObject {
  const finalizers = object.metadata.finalizers ?? [];
  return finalizers.includes(finalizer) ? object : withPath(object, ['metadata', 'finalizers'], [...finalizers, finalizer]);
}

/** A claim that names no class gets the default one; of several, the newest. */
function classified(store: Store, claim: KubeObject): KubeObject {
  const legacy = 'volume.beta.kubernetes.io/storage-class';
  if (at(claim, 'spec', 'storageClassName') !== undefined || claim.metadata.annotations?.[legacy] !== undefined) return claim;
  const [usual] = store
    .list('storageclasses.storage.k8s.io')
    .filter(({ metadata }) => metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true')
    .sort((a, b) => Date.parse(b.metadata.creationTimestamp!) - Date.parse(a.metadata.creationTimestamp!));
  return usual === undefined ? claim : withPath(claim, ['spec', 'storageClassName'], usual.metadata.name);
}

function pod(store: Store, object: KubeObject): KubeObject {
  const { namespace = '', name = '' } = object.metadata;
  const refuse = (why: string): never => {
    throw forbidden(types.pods, name, why);
  };
  const given = recordAt(object, 'spec');
  const account = textAt(given, 'serviceAccountName') || 'default';
  const robot = store.get('serviceaccounts', namespace, account);
  if (robot === undefined) refuse(`error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`);
  const className = textAt(given, 'priorityClassName');
  const priority = store.get('priorityclasses.scheduling.k8s.io', undefined, className);
  if (className !== '' && priority === undefined && !className.startsWith('system-'))
    refuse(`no PriorityClass with name ${className} was found`);
  const runtime = store.get('runtimeclasses.node.k8s.io', undefined, textAt(given, 'runtimeClassName'));
  if (given.runtimeClassName && !runtime) refuse(`pod rejected: RuntimeClass "${textAt(given, 'runtimeClassName')}" not found`);
  const nodeSelector = { ...recordAt(runtime, 'scheduling', 'nodeSelector'), ...recordAt(given, 'nodeSelector') };
  const secrets = listAt(given, 'imagePullSecrets').length > 0 ? given.imagePullSecrets : robot?.imagePullSecrets;
  const spec: JsonRecord = {
    ...given,
    serviceAccountName: account,
    serviceAccount: account,
    ...(secrets !== undefined && { imagePullSecrets: secrets }),
    priority: at(priority, 'value') ?? given.priority ?? 0,
    preemptionPolicy: at(priority, 'preemptionPolicy') ?? given.preemptionPolicy ?? 'PreemptLowerPriority',
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(runtime !== undefined && at(runtime, 'overhead', 'podFixed') !== undefined && { overhead: at(runtime, 'overhead', 'podFixed') }),
    tolerations: tolerations([...listAt(given, 'tolerations'), ...listAt(runtime, 'scheduling', 'tolerations')]),
  };
  const mounts = given.automountServiceAccountToken ?? at(robot, 'automountServiceAccountToken') ?? true;
  const whole = mounts === true ? withToken(spec) : spec;
  return { ...object, spec: whole, status: { ...recordAt(object, 'status'), phase: 'Pending', qosClass: qualityOf(whole) } };
}

/** Five minutes of grace on a node that is gone. */
function tolerations(given: unknown[]): unknown[] {
  const matches = (one: unknown, key: string): boolean =>
    ['', key].includes(textAt(one, 'key')) && ['', 'NoExecute'].includes(textAt(one, 'effect'));
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
    (key) => !given.some((one) => matches(one, key)),
  );
  return [...given, ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))];
}

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The credentials of the pod's account, as a volume in each of its containers. */
function withToken(spec: JsonRecord): JsonRecord {
  const known = listAt(spec, 'volumes')
    .map((volume) => textAt(volume, 'name'))
    .find((name) => name.startsWith('kube-api-access-'));
  const name = known ?? `kube-api-access-${crypto.randomUUID().slice(0, 5)}`;
  let needed = false;
  const mounted = (list: string): unknown[] =>
    listAt(spec, list).map((container) => {
      const mounts = listAt(container, 'volumeMounts');
      if (!isRecord(container) || mounts.some((mount) => textAt(mount, 'mountPath') === tokenPath)) return container;
      needed = true;
      return { ...container, volumeMounts: [...mounts, { name, readOnly: true, mountPath: tokenPath }] };
    });
  const initContainers = mounted('initContainers');
  const result = { ...spec, containers: mounted('containers'), ...(initContainers.length > 0 && { initContainers }) };
  if (known !== undefined || !needed) return result;
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ];
  return { ...result, volumes: [...listAt(spec, 'volumes'), { name, projected: { sources, defaultMode: 420 } }] };
}

function qualityOf(spec: JsonRecord): string {
  const containers = [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')];
  const amounts = (container: unknown, which: string): string[] =>
    ['cpu', 'memory']
      .map((resource) => textAt(container, 'resources', which, resource))
      .filter((amount) => amount !== '' && amount !== '0');
  if (containers.every((container) => amounts(container, 'requests').length + amounts(container, 'limits').length === 0))
    return 'BestEffort';
  const fixed = containers.every((container) => {
    const limits = amounts(container, 'limits');
    return limits.length === 2 && limits.join() === amounts(container, 'requests').join();
  });
  return fixed ? 'Guaranteed' : 'Burstable';
}
