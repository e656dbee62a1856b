/** How long things take, in milliseconds of the sandbox's clock. */
export interface Durations {
  /** A pod from scheduled to ready. */
  podStart: number;
  /** A Job's pod from running to succeeded. */
  job: number;
  /** A backup while it is `InProgress`, and a restore likewise. */
  backup: number;
  restore: number;
  /** Moving the data of volumes, in `WaitingForPluginOperations`. */
  dataMovement: number;
  finalizing: number;
  /** Deleting a backup with its data. */
  deletion: number;
}

/** Long enough to be seen, short enough not to wait for. */
export const visible: Durations = {
  podStart: 700,
  job: 90_000,
  backup: 2_000,
  restore: 1_200,
  dataMovement: 1_200,
  finalizing: 200,
  deletion: 500,
};

/** For tests: everything happens at once, except that Jobs keep running. */
export const instant: Durations = {
  podStart: 0,
  job: 3_600_000,
  backup: 0,
  restore: 0,
  dataMovement: 0,
  finalizing: 0,
  deletion: 0,
};
