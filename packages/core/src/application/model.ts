import type { Reason } from '../reason.ts';

/**
 * A set of components that depend on each other. Read from the catalog (System) or from cluster labels
 * (`app.kubernetes.io/part-of`), never stored by us.
 */
export interface Application {
  /** Unique over the fleet: the System's name, the label's value, or the namespace's name. */
  name: string;
  title?: string;
  /** `system:default/shop` when the catalog knows it. */
  entityRef?: string;
  /** `group:default/team-shop`; absent when nobody claims it. */
  owner?: string;
  /** Name of the DRPolicy that applies where a component names none. */
  policy?: string;
  components: Component[];
  source: 'catalog' | 'labels' | 'merged';
  /** Cycles, dangling references, malformed annotations: shown, never thrown. */
  problems: Reason[];
}

export interface Component {
  /** Unique within the application. */
  name: string;
  title?: string;
  entityRef?: string;
  owner?: string;
  /** `service`, `database`, `queue` ...: the catalog's `spec.type`, or the workload's kind in lower case. */
  type?: string;
  policy?: string;
  /** Names of components of the same application. */
  dependsOn: string[];
  /** Refs outside the application (APIs, other systems), shown but not planned over. */
  external: string[];
  placements: Placement[];
  /** Set while the component names a label but no namespace: where to look for it (`application/locate.ts`). */
  lookup?: { clusters: string[]; labelSelector: string };
}

/** Where a component lives. An entity may list several. */
export interface Placement {
  /** Cluster name as the fleet calls it; absent: every cluster where the namespace exists. */
  cluster?: string;
  namespace: string;
  /** Objects of the component inside the namespace; absent: the whole namespace. */
  labelSelector?: string;
  /**
   * The component's workloads, `Deployment/web`, where no label tells them from their neighbours in the namespace.
   * An engine that selects by labels can only take the whole namespace then.
   */
  workloads?: string[];
  /**
   * A catalog entry is a claim, not a right. `claimed`: the namespace carries `kubectl-dr.dev/owner` equal to the
   * owner, or the placement was read from the cluster itself. `mapped`: the operator's `dr.tenancy` says so.
   * `unclaimed`: anything else; neither read in detail nor written through the portal. `unknown`: not yet compared
   * with a cluster (it could not be read).
   */
  claim: 'claimed' | 'mapped' | 'unclaimed' | 'unknown';
}

export const annotations = {
  policy: 'kubectl-dr.dev/policy',
  dependsOn: 'kubectl-dr.dev/depends-on',
  owner: 'kubectl-dr.dev/owner',
  /** On what a policy made: the application's reference in the catalog. */
  entityRef: 'kubectl-dr.dev/entity-ref',
  /** Rules: `planning/declared-checks.ts`. */
  check: 'kubectl-dr.dev/check',
  checkTimeout: 'kubectl-dr.dev/check-timeout',
  /** On a PersistentVolume that outlives its claim for an undo: operation, claim, and its own reclaim policy. */
  keptBy: 'kubectl-dr.dev/kept-by',
  keptFor: 'kubectl-dr.dev/kept-for',
  reclaimPolicy: 'kubectl-dr.dev/reclaim-policy',
  /** On a recovery point that has to stay, whatever its policy says: `true`. */
  pinned: 'kubectl-dr.dev/pinned',
  /** On a workload that was stopped because the application goes on elsewhere: how many replicas it had. */
  replicas: 'kubectl-dr.dev/replicas',
  /** On a cron job that was suspended for the same reason. */
  suspended: 'kubectl-dr.dev/suspended',
  /** On a journal: how often it was written, and on its copies the cluster that it is a copy of. */
  revision: 'kubectl-dr.dev/revision',
  copyOf: 'kubectl-dr.dev/copy-of',
  kubernetesId: 'backstage.io/kubernetes-id',
  kubernetesNamespace: 'backstage.io/kubernetes-namespace',
  kubernetesLabelSelector: 'backstage.io/kubernetes-label-selector',
  kubernetesCluster: 'backstage.io/kubernetes-cluster',
} as const;

export const labels = {
  partOf: 'app.kubernetes.io/part-of',
  component: 'app.kubernetes.io/component',
  name: 'app.kubernetes.io/name',
  /** On everything we create. */
  application: 'kubectl-dr.dev/application',
  componentOf: 'kubectl-dr.dev/component',
  owner: 'kubectl-dr.dev/owner',
  operation: 'kubectl-dr.dev/operation',
  /** On the namespace of a clone: the namespace that it is a copy of. */
  cloneOf: 'kubectl-dr.dev/clone-of',
  policy: 'kubectl-dr.dev/policy',
  /** On what a policy made: the revision of its spec. */
  policyRevision: 'kubectl-dr.dev/policy-revision',
  /** `safety`: on a backup that an operation made of the state it was about to leave. */
  purpose: 'kubectl-dr.dev/purpose',
  step: 'kubectl-dr.dev/step',
  /** On what an engine without a server made: the point it belongs to, the restore it came from. */
  point: 'kubectl-dr.dev/point',
  restore: 'kubectl-dr.dev/restore',
  /** On the further ConfigMaps of a journal that does not fit into one. */
  part: 'kubectl-dr.dev/part',
} as const;
