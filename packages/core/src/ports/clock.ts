/** Local time and waiting, so that tests decide both. For ages use the cluster's clock (`ClusterClient.now`). */
export interface Clock {
  now(): Date;
  /** Resolves after `milliseconds`, or rejects at once with the signal's reason. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
