export * from './errors.ts';
export type { Caller, DrService, ExecuteOptions, StartedOperation } from './service/port.ts';
