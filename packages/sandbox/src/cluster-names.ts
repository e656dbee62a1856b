export const clusterNames = ['east', 'west'] as const;
export type ClusterName = (typeof clusterNames)[number];
