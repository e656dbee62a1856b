export { drClustersExtensionPoint, drEnginesExtensionPoint } from './extensions.ts';
export type { ClusterSupplier, DrClustersExtensionPoint, DrEnginesExtensionPoint } from './extensions.ts';
export { drServiceRef } from './service.ts';
export type { DrPluginService } from './service.ts';
