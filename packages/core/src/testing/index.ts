export { FakeClock } from './clock.ts';
export { MemoryCluster, unreachable, writes } from './memory-cluster.ts';
export type { Call, CallMatcher, MemoryClusterOptions } from './memory-cluster.ts';
export * as builders from './builders.ts';
