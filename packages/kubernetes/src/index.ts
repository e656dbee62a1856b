export { HttpCluster } from './http-cluster.ts';
export type { HttpClusterOptions } from './http-cluster.ts';
export { loadKubeConfig } from './kubeconfig/load.ts';
export { resolveContext } from './kubeconfig/context.ts';
export type { ClusterConfig, ContextOverrides } from './kubeconfig/context.ts';
export { WatchReader } from './watching/watch-reader.ts';
export type { WatchReaderOptions } from './watching/watch-reader.ts';
export type { Selection, WatchState } from './watching/cluster-watch.ts';
