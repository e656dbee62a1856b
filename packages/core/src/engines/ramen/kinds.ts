import type { ResourceType } from '../../ports/kubernetes.ts';

export const engineId = 'ramen';

function ramen(resource: string, kind: string, namespaced: boolean): ResourceType {
  return { group: 'ramendr.openshift.io', version: 'v1alpha1', resource, kind, namespaced };
}

/** Placements, policies and clusters lie on the hub; groups of volumes on the clusters where applications run. */
export const kinds = {
  placements: ramen('drplacementcontrols', 'DRPlacementControl', true),
  policies: ramen('drpolicies', 'DRPolicy', false),
  clusters: ramen('drclusters', 'DRCluster', false),
  groups: ramen('volumereplicationgroups', 'VolumeReplicationGroup', true),
} as const satisfies Record<string, ResourceType>;

export const notes = {
  /** Of Ramen, on a placement: the cluster on which the application was deployed last, and the action that did it. Kept through a test. */
  lastCluster: 'drplacementcontrol.ramendr.openshift.io/last-app-deployment-cluster',
  lastAction: 'drplacementcontrol.ramendr.openshift.io/last-action',
  /** Of Ramen, `true` for as long as a test is going on, until it was taken back or kept. */
  testing: 'drplacementcontrol.ramendr.openshift.io/test-failover-dryrun',
  appNamespace: 'drplacementcontrol.ramendr.openshift.io/app-namespace',
  /** Ours, on a placement: the move that was asked for last, and whether it was a test. */
  move: 'kubectl-dr.dev/move',
  test: 'kubectl-dr.dev/move-test',
} as const;
