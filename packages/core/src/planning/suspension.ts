import { at, isRaw, textAt } from '../application/raw.ts';
import type { KubeObject } from '../ports/kubernetes.ts';

/**
 * How controllers are told to leave things alone, by what their documentation says. A plan names a mechanism and an
 * object, never a patch: nobody can write anything else through it.
 */
const mechanisms = {
  'cron-job': { of: { batch: ['CronJob'] }, path: ['spec', 'suspend'], value: true },
  'argo-cd': {
    of: { 'argoproj.io': ['Application'] },
    path: ['metadata', 'annotations', 'argocd.argoproj.io/skip-reconcile'],
    value: 'true',
  },
  'flux-kustomization': { of: { 'kustomize.toolkit.fluxcd.io': ['Kustomization'] }, path: ['spec', 'suspend'], value: true },
  'flux-helm': { of: { 'helm.toolkit.fluxcd.io': ['HelmRelease'] }, path: ['spec', 'suspend'], value: true },
  keda: { of: { 'keda.sh': ['ScaledObject'] }, path: ['metadata', 'annotations', 'autoscaling.keda.sh/paused-replicas'], value: '0' },
  strimzi: {
    of: { 'kafka.strimzi.io': ['Kafka', 'KafkaConnect', 'KafkaMirrorMaker2', 'KafkaBridge'] },
    path: ['metadata', 'annotations', 'strimzi.io/pause-reconciliation'],
    value: 'true',
  },
  elastic: {
    of: { 'elasticsearch.k8s.elastic.co': ['Elasticsearch'], 'logstash.k8s.elastic.co': ['Logstash'], 'kibana.k8s.elastic.co': ['Kibana'] },
    path: ['metadata', 'annotations', 'eck.k8s.elastic.co/managed'],
    value: 'false',
  },
  rabbitmq: {
    of: { 'rabbitmq.com': ['RabbitmqCluster'] },
    path: ['metadata', 'labels', 'rabbitmq.com/pauseReconciliation'],
    value: 'true',
  },
  'crunchy-postgres': { of: { 'postgres-operator.crunchydata.com': ['PostgresCluster'] }, path: ['spec', 'paused'], value: true },
  'percona-postgres': { of: { 'pgv2.percona.com': ['PerconaPGCluster'] }, path: ['spec', 'unmanaged'], value: true },
  /** An operator leaves alone what is annotated as another one's: its own are those of its CONTROLLER_ID, or of none. */
  'zalando-postgres': {
    of: { 'acid.zalan.do': ['postgresql'] },
    path: ['metadata', 'annotations', 'acid.zalan.do/controller'],
    value: 'suspended-by-kubectl-dr',
  },
  stackgres: {
    of: { 'stackgres.io': ['SGCluster'] },
    path: ['metadata', 'annotations', 'stackgres.io/reconciliation-pause'],
    value: 'true',
  },
  mariadb: { of: { 'k8s.mariadb.com': ['MariaDB'], 'enterprise.mariadb.com': ['MariaDB'] }, path: ['spec', 'suspend'], value: true },
  tidb: { of: { 'pingcap.com': ['TidbCluster'] }, path: ['spec', 'paused'], value: true },
  redis: {
    of: { 'redis.redis.opstreelabs.in': ['Redis'] },
    path: ['metadata', 'annotations', 'redis.opstreelabs.in/skip-reconcile'],
    value: 'true',
  },
  'redis-replication': {
    of: { 'redis.redis.opstreelabs.in': ['RedisReplication'] },
    path: ['metadata', 'annotations', 'redisreplication.opstreelabs.in/skip-reconcile'],
    value: 'true',
  },
  'redis-cluster': {
    of: { 'redis.redis.opstreelabs.in': ['RedisCluster'] },
    path: ['metadata', 'annotations', 'rediscluster.opstreelabs.in/skip-reconcile'],
    value: 'true',
  },
  'prometheus-operator': {
    of: { 'monitoring.coreos.com': ['Prometheus', 'Alertmanager', 'ThanosRuler'] },
    path: ['spec', 'paused'],
    value: true,
  },
  percona: {
    of: {
      'pxc.percona.com': ['PerconaXtraDBCluster'],
      'psmdb.percona.com': ['PerconaServerMongoDB'],
      'ps.percona.com': ['PerconaServerMySQL'],
    },
    path: ['spec', 'pause'],
    value: true,
    stops: true,
  },
  cassandra: { of: { 'cassandra.datastax.com': ['CassandraDatacenter'] }, path: ['spec', 'stopped'], value: true, stops: true },
} as const satisfies Record<string, Mechanism>;

interface Mechanism {
  /** API group -> kinds. */
  of: Readonly<Record<string, readonly string[]>>;
  path: readonly string[];
  value: string | boolean;
  /** Told so, the controller itself takes the pods away, and brings them back when it is let: nobody else scales. */
  stops?: true;
}

const table: Readonly<Record<string, Mechanism>> = mechanisms;

export type SuspendMechanism = keyof typeof mechanisms;
export const suspendMechanisms = Object.keys(mechanisms) as [SuspendMechanism, ...SuspendMechanism[]];

/** Mechanisms of controllers whose own object lies in another namespace than what it manages. */
export const gitOpsMechanisms: readonly SuspendMechanism[] = ['argo-cd', 'flux-kustomization', 'flux-helm'];

/** The mechanism for an object, when there is one. */
export function mechanismFor({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): SuspendMechanism | undefined {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return suspendMechanisms.find((name) => table[name]?.of[group]?.includes(kind));
}

export function stopsPods(mechanism: SuspendMechanism): boolean {
  return table[mechanism]?.stops === true;
}

/** The field that suspends: whoever writes the object meanwhile leaves it as it is. */
export function suspensionPath(mechanism: SuspendMechanism): string[] {
  return [...mechanisms[mechanism].path];
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
