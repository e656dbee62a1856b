import type { StoreEvent } from '../../api/store.ts';

/** One controller: what a change makes due, to be done after the request that made it. */
export type Duty = (event: StoreEvent, later: (work: () => void) => void) => void;
